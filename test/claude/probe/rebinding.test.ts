import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cliEnvironment } from "../../../src/claude/cli/invocation.ts";
import { rebinding as rebindingOf } from "../../../src/claude/cli/version.ts";
import { Abilities } from "../../../src/claude/probe/abilities.ts";
import { Probe } from "../../../src/claude/probe/probe.ts";
import { areReplaced, isLatterAlone, replacesTools, takesAnotherPrompt } from "../../../src/claude/probe/rebinding.ts";
import { inSandbox } from "../../../src/claude/probe/sandbox.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { CLAUDE } from "../../support/harness.ts";
import { canSeeProcesses, processesOf } from "../../support/processes.ts";
import { makeScripts } from "../../support/scripts.ts";
import { until } from "../../support/wait.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "rebinding-test-"));
  mkdirSync(join(home, "empty"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const stage = () => ({
  cwd: join(home, "empty"),
  env: cliEnvironment(
    { PATH: process.env.PATH, HOME: home, CLAUDE_CODE_OAUTH_TOKEN: "secret" },
    { allowApiKey: false },
  ),
  logger: new Logger("silent"),
  scratch: home,
});

const abilities = (run?: () => Promise<boolean>) =>
  new Abilities(rebindingOf, new Probe(takesAnotherPrompt, { ...stage(), run }));

test("the real CLI takes another system prompt, and nothing of before is left", async () => {
  const signal = new AbortController().signal;
  const works = await inSandbox(
    { ...stage(), path: CLAUDE, model: "sonnet", address: undefined, signal, timeoutMs: 100_000 },
    takesAnotherPrompt.run,
  );
  expect(works).toBe(true);
  expect(readdirSync(home)).toEqual(["empty"]);
});

test("other tools are taken by the real CLI in mid-conversation, and told to the letter", async () => {
  const { signal } = new AbortController();
  const options = { ...stage(), path: CLAUDE, model: "sonnet", address: undefined, signal, timeoutMs: 100_000 };
  expect(await inSandbox(options, replacesTools.run)).toBe(true);
});

describe("a request shows that rebinding works", () => {
  const body = (system: string, ...texts: string[]) => ({
    system: [{ type: "text", text: system }],
    messages: texts.map((content) => ({ role: "user", content })),
  });
  test.each([
    [
      "when it holds the latter system prompt and question alone",
      body("latter system prompt", "latter question"),
      true,
    ],
    ["not when the system prompt is the former", body("former system prompt", "latter question"), false],
    [
      "not when the former question is still there",
      body("latter system prompt", "former question", "latter question"),
      false,
    ],
    ["not when the change is told", body("latter system prompt", "<local-command-caveat>", "latter question"), false],
    ["not when there was none", undefined, false],
  ])("%s", (_, request, works) => {
    expect(isLatterAlone(request)).toBe(works);
  });
});

describe("requests show that tools are replaced", () => {
  const offering = (...tools: string[]) => ({ tools: tools.map((name) => ({ name })) });
  const exact = {
    tools: [{ strict: true, input_schema: { type: "object" }, name: "latter_tool", description: "To the letter." }],
  };
  const [former, latter] = [offering("former_tool"), offering("latter_tool")];
  test.each<[string, unknown[], boolean]>([
    ["when each offers one alone, the last two to the letter", [former, latter, exact, exact], true],
    ["not when the former stays", [former, former, exact, exact], false],
    ["not when it stays beside the latter", [former, offering("former_tool", "latter_tool"), exact, exact], false],
    ["not when there is none any more", [former, offering(), exact, exact], false],
    ["not when the list is not taken to the letter", [former, latter, latter, latter], false],
    ["not when the call asked once more, or was none", [former, latter, exact], false],
    ["not when something else was asked, too", [former, latter, exact, exact, exact], false],
    ["not when there were none", [], false],
  ])("%s", (_, bodies, works) => {
    expect(areReplaced(bodies)).toBe(works);
  });
});

describe("of an installation", () => {
  const newer = { path: "/claude", version: "99.0.0" };
  const trialsWith = (tryOut: () => Promise<boolean>) => abilities(tryOut);

  test("that is known nothing is tried", () => {
    const trials = trialsWith(() => Promise.reject(new Error("tried")));
    expect(trials.of({ path: "/claude", version: "2.1.330" }).works).toBe(true);
    expect(trials.of({ path: "/claude", version: "2.1.250" }).works).toBe(false);
    expect(trials.of({ path: "/claude", version: "2.1.250" }).isUntried).toBe(false);
  });

  test("that is newer it is tried once, and not relied on before", async () => {
    let tried = 0;
    const outcome = Promise.withResolvers<boolean>();
    const trials = trialsWith(() => {
      tried++;
      return outcome.promise;
    });
    const rebinding = trials.of(newer);
    expect(rebinding).toMatchObject({ works: false, isUntried: true });
    outcome.resolve(true);
    await until(() => rebinding.works, "it is known");
    expect(trials.of(newer)).toBe(rebinding);
    expect(tried).toBe(1);
    await trials.close();
  });

  test.each([
    ["does not work", () => Promise.resolve(false)],
    ["cannot be tried", () => Promise.reject(new Error("no"))],
  ])("where it %s nobody relies on it", async (_, tryOut) => {
    const trials = trialsWith(tryOut);
    const rebinding = trials.of(newer);
    await until(() => !rebinding.isUntried, "it is known");
    expect(rebinding.works).toBe(false);
    await trials.close();
  });

  test("a trial that runs ends with the server, and leaves no process", async () => {
    using scripts = makeScripts();
    const trials = abilities();
    const rebinding = trials.of({ path: scripts.write("claude", "exec cat > /dev/null"), version: "99.0.0" });
    if (canSeeProcesses) await until(async () => processesOf(home).length > 0, "the process runs");
    await trials.close();
    expect(rebinding.works).toBe(false);
    if (canSeeProcesses) expect(processesOf(home)).toEqual([]);
    expect(readdirSync(home)).toEqual(["empty"]);
  });
});
