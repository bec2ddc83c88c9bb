import { expect, test } from "bun:test";
import { countOnce } from "../../../src/claude/count/count-once.ts";
import { makeScripts } from "../../support/scripts.ts";
import { countingScript, startCounting } from "./counting-script.ts";

// Programs that stand in for the CLI where it does what the real one does not do for the asking.

const COUNTABLE = {
  turns: [{ role: "user" as const, content: [{ type: "text" as const, text: "Hi" }] }],
  tools: [],
  model: "sonnet",
};

/** What the program counts, and its process. */
function countWith(path: string, signal: AbortSignal) {
  const counting = startCounting(path);
  const counted = countOnce(() => counting, COUNTABLE, signal).catch((error: unknown) => error);
  return { process: counting.process, counted };
}

test("a client that leaves ends the process that counts for it", async () => {
  using scripts = makeScripts();
  const leaving = new AbortController();
  const { process, counted } = countWith(scripts.write("claude", "exec cat > /dev/null"), leaving.signal);
  leaving.abort("gone");
  expect(await counted).toBe("gone");
  expect(process.death).toBeDefined();
});

test("a process that dies, instead of counting, is an error that says so", async () => {
  using scripts = makeScripts();
  const { counted } = countWith(scripts.write("claude", "echo broken >&2; exit 3"), new AbortController().signal);
  expect(await counted).toMatchObject({ code: "cli_failed", message: expect.stringContaining("broken") });
});

const REPLIES = countingScript({ messages: 12 });

test("what a process tells counts only if it has said of no estimate by its very end", async () => {
  using scripts = makeScripts();
  const { signal } = new AbortController();
  const honest = countWith(scripts.write("honest", REPLIES), signal);
  expect(await honest.counted).toEqual({ conversation: 12, tools: 0 });
  const late = "echo 'analyzeContext: count unavailable, estimating locally (0 tools)' >&2";
  const estimating = countWith(scripts.write("estimating", `${REPLIES}\n${late}`), signal);
  expect(await estimating.counted).toMatchObject({ code: "upstream_unreachable" });
});

test("a refusal stays known whatever is written behind it", async () => {
  using scripts = makeScripts();
  const refusal = `echo 'countTokens API call failed: 400 {"error":{"message":"no such thing"}}' >&2`;
  const noise = "seq 1 20000 >&2";
  const { counted } = countWith(
    scripts.write("noisy", `${refusal}\n${noise}\n${REPLIES}`),
    new AbortController().signal,
  );
  expect(await counted).toMatchObject({ code: "invalid_request", message: expect.stringContaining("no such thing") });
});
