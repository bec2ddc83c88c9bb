import { expect, test } from "bun:test";
import { countOnce } from "../../../src/claude/count/count-once.ts";
import { Binding } from "../../../src/claude/pool/binding.ts";
import { Rebinding } from "../../../src/claude/pool/rebinding.ts";
import { CliProcess } from "../../../src/claude/process/cli-process.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { makeScripts } from "../../support/scripts.ts";

// Programs that stand in for the CLI where it does what the real one does not do for the asking.

const logger = new Logger("silent");
const COUNTABLE = {
  turns: [{ role: "user" as const, content: [{ type: "text" as const, text: "Hi" }] }],
  tools: [],
  model: "sonnet",
};

/** What a program that does `shell` counts, and the process. */
function countWith(path: string, signal: AbortSignal) {
  const process = new CliProcess({ path, args: [], env: { PATH: "/usr/bin:/bin" }, cwd: "/", logger });
  const binding = new Binding(process, {
    model: "sonnet",
    selectsModelsSilently: false,
    longestToolDescription: Number.POSITIVE_INFINITY,
    callTimeoutMs: 1_000,
    rebinding: new Rebinding(false),
  });
  const counted = countOnce(() => ({ process, binding }), COUNTABLE, signal).catch((error: unknown) => error);
  return { process, counted };
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

/** A line that answers a control request by its id, and one that acknowledges an appended turn. */
const REPLIES = `while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"request_id":"\\([^"]*\\)".*/\\1/p')
  case "$line" in
  *get_context_usage*) body='{"categories":[{"id":"messages","tokens":12}]}' ;;
  *) body='{}' ;;
  esac
  if [ -n "$id" ]; then
    printf '{"type":"control_response","response":{"subtype":"success","request_id":"%s","response":%s}}\\n' "$id" "$body"
  else
    printf '{"type":"result","subtype":"success","is_error":false,"num_turns":0}\\n'
  fi
done`;

test("what a process tells counts only if it has said of no estimate by its very end", async () => {
  using scripts = makeScripts();
  const { signal } = new AbortController();
  const honest = countWith(scripts.write("honest", REPLIES), signal);
  expect(await honest.counted).toEqual({ conversation: 12, tools: 0 });
  const late = "echo 'analyzeContext: count unavailable, estimating locally (0 tools)' >&2";
  const estimating = countWith(scripts.write("estimating", `${REPLIES}\n${late}`), signal);
  expect(await estimating.counted).toMatchObject({ code: "upstream_unreachable" });
});
