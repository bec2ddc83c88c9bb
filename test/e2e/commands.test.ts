import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { apiError, text } from "../../src/simulator/reply.ts";
import { builtBinary } from "../support/built-binary.ts";
import { type Harness, TEST_TOKEN } from "../support/harness.ts";
import { pngOf } from "../support/images.ts";
import { loggedInClaude } from "../support/logged-in-claude.ts";
import { PLAYED_ANSWER, playClaude } from "../support/played-claude.ts";
import { type CliOptions, runCli } from "../support/run-cli.ts";
import { makeScripts, type Scripts } from "../support/scripts.ts";
import { SHARED_ALIASES, shareHarness } from "../support/shared-harness.ts";

// The commands that ask a model, by the server that runs and without one: real CLI, simulated API.

let app: Harness;
let claude: string;
beforeAll(async () => {
  app = await shareHarness();
  claude = loggedInClaude(app.home);
  // Then a process is there, which has told which models there are.
  await run(["ask", "Hello"]);
});
afterAll(() => app[Symbol.asyncDispose]());
let before = 0;
beforeEach(() => {
  before = app.simulator.requests.length;
});
/** What the API received during the test. */
const received = () => app.simulator.requests.slice(before).map(({ body }) => body);

/** A command of somebody whose settings lead to the server. */
const run = (argv: readonly string[], options: CliOptions = {}) =>
  runCli([...argv, "--port", new URL(app.url).port], { home: app.home, ...options });

/** The same where no server runs: the command has to start the CLI itself, or what plays it. The real one: ask-program.test.ts. */
const runAlone = (argv: readonly string[], options: CliOptions = {}, path = claude) =>
  runCli([...argv, "--port", "0", "--anthropic-base-url", app.simulator.url], {
    env: {
      PATH: process.env.PATH,
      HOME: app.home,
      CLAUDE_CODE_OAUTH_TOKEN: TEST_TOKEN,
      CLAUDE_MAX_API_CLAUDE_PATH: path,
    },
    home: app.home,
    platform: process.platform,
    ...options,
  });

describe("ask", () => {
  test("prints the answer of the server that runs, and nothing else", async () => {
    app.simulator.enqueue(text("Forty-two."));
    expect(await run(["ask", "What", "is it?"])).toEqual({ code: 0, stdout: "Forty-two.\n", stderr: "" });
    const [body] = received();
    expect(JSON.stringify(body?.messages)).toContain("What is it?");
    expect(body?.model).toContain("sonnet");
  });

  test("prints the answer where no server runs, too", async () => {
    using played = playClaude();
    played.put();
    const expected = { code: 0, stdout: `${PLAYED_ANSWER}\n`, stderr: "" };
    expect(await runAlone(["ask", "Who are you?"], {}, played.path)).toEqual(expected);
    expect(played.asked()).toHaveLength(1);
  });

  test.skipIf(process.platform !== "linux")(
    "ends with 1, and says why, when the answer cannot be written",
    async () => {
      app.simulator.enqueue(text("Lost."));
      const line = `exec "$@" > /dev/full`;
      const flags = ["--port", new URL(app.url).port];
      const child = Bun.spawn(["sh", "-c", line, "sh", await builtBinary(), "ask", "Who?", ...flags], {
        env: { PATH: process.env.PATH, HOME: app.home },
        stdin: "ignore",
        stderr: "pipe",
      });
      expect(await new Response(child.stderr).text()).toContain("standard output cannot be written: ENOSPC");
      expect(await child.exited).toBe(1);
    },
  );

  test("takes what is piped in behind the words", async () => {
    app.simulator.enqueue(text("Fine."));
    expect((await run(["ask", "Check this:"], { input: "one\ntwo\n" })).stdout).toBe("Fine.\n");
    expect(JSON.stringify(received()[0]?.messages)).toContain("Check this:\\n\\none\\ntwo\\n");
  });

  test("prints the completion with --json", async () => {
    app.simulator.enqueue(text("Four."));
    const { code, stdout, stderr } = await run(["ask", "--json", "Two and two?"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      object: "chat.completion",
      choices: [{ message: { role: "assistant", content: "Four." }, finish_reason: "stop" }],
      usage: { completion_tokens: expect.any(Number) },
    });
  });

  test("shows thinking only where it is asked for, dimmed, on standard error", async () => {
    const thoughtful = text("Yes.", { thinking: "Let me see." });
    app.simulator.enqueue(thoughtful);
    expect(await run(["ask", "Is it?"])).toEqual({ code: 0, stdout: "Yes.\n", stderr: "" });
    app.simulator.enqueue(thoughtful);
    const shown = await run(["ask", "--thinking", "Is it?"], { colours: true });
    expect(shown.stdout).toBe("Yes.\n");
    expect(Bun.stripANSI(shown.stderr)).toBe("Let me see.\n\n");
    expect(shown.stderr).toContain("\u001b[2m");
  });

  test("steers no terminal with what the model says", async () => {
    app.simulator.enqueue(text("a\u001b[2Jb"));
    expect((await run(["ask", "Hi"], { isTerminal: true })).stdout).toBe("a\uFFFD[2Jb\n");
    app.simulator.enqueue(text("a\u001b[2Jb"));
    expect((await run(["ask", "Hi"])).stdout).toBe("a\u001b[2Jb\n");
  });

  test.each([
    ["a model that is not there", ["--model", "gpt-9"], "does not exist here"],
    ["a wrong effort", ["--effort", "huge"], "--effort: "],
  ])("fails, and says what is wrong, for %s", async (_, flags, message) => {
    const { code, stdout, stderr } = await run(["ask", ...flags, "Hi"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toStartWith("claude-max-api: ");
    expect(stderr).toContain(message);
    expect(received()).toHaveLength(0);
  });

  test("fails with the API's error", async () => {
    app.simulator.enqueue(apiError(529, "overloaded_error", "Overloaded"));
    const { code, stdout, stderr } = await run(["ask", "--json", "Hi"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("overloaded");
  });

  test("needs a question: else it ends with 2, and says where help is", async () => {
    const { code, stdout, stderr } = await run(["ask"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("ask needs a question");
    expect(stderr).toContain("Run claude-max-api ask --help");
  });
});

describe("models", () => {
  test("lists the server's models in columns", async () => {
    const { code, stdout, stderr } = await run(["models"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^NAME +ANSWERED BY +CONTEXT +OUTPUT +MEANS\nclaude-opus-4 +claude-opus-\S+ +\d+k +\d+k +the newest Opus\n/,
    );
    const starts = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.search(/ {2}\S/));
    expect(new Set(starts.map((start, row) => (start < 0 ? row : 0))).size).toBe(1);
  });

  test("lists the same where no server runs, with nothing asked of the model", async () => {
    const aliases = Object.entries(SHARED_ALIASES).flatMap(([name, model]) => ["--model-alias", `${name}=${model}`]);
    // What answers have taught a server of a model's context another does not know.
    const withoutContexts = ({ code, stdout, stderr }: Awaited<ReturnType<typeof run>>) => {
      return { code, stderr, rows: stdout.split("\n").map((row) => row.replace(/ \d+k/, "").replace(/ +/g, " ")) };
    };
    expect(withoutContexts(await runAlone(["models", ...aliases]))).toEqual(withoutContexts(await run(["models"])));
    expect(received()).toHaveLength(0);
  });

  test("prints what /v1/models answers with --json", async () => {
    const list: unknown = await (await fetch(`${app.url}/v1/models`)).json();
    const { stdout } = await run(["models", "--json"]);
    expect(JSON.parse(stdout)).toEqual(list);
  });

  test.each([
    ["missing", () => "/nowhere/claude", () => "was not found at /nowhere/claude"],
    ["logged out", loggedOutClaude, (path: string) => `not logged in. Run \`${path} auth login\``],
  ])("says what to do when the CLI is %s", async (_, install, message) => {
    using scripts = makeScripts();
    const path = install(scripts);
    // None on PATH is a `claude`: then its own name would do.
    const env = { PATH: "/usr/bin:/bin", HOME: app.home, CLAUDE_MAX_API_CLAUDE_PATH: path };
    const { code, stdout, stderr } = await runAlone(["models"], { env });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message(path));
    expect(stderr).not.toContain("The server notices");
  });
});

describe("doctor --live", () => {
  const live = (stdout: string) => JSON.parse(stdout).findings.at(-1);

  test("asks the smallest model by the server that runs, and tells how long that took", async () => {
    app.simulator.enqueue(text("OK"));
    const { stdout, stderr } = await run(["doctor", "--live", "--json"]);
    expect(stderr).toBe("Asking Claude one short question, which spends a little of your plan …\n");
    expect(live(stdout)).toMatchObject({
      check: "live",
      status: "ok",
      facts: {
        model: expect.stringContaining("haiku"),
        first_token_ms: expect.any(Number),
        total_ms: expect.any(Number),
        running_server: true,
      },
    });
    expect(received().map(({ max_tokens }) => max_tokens)).toEqual([16]);
  });

  test("starts the CLI itself where no server runs, and finds all well", async () => {
    using played = playClaude();
    played.put();
    const { code, stdout } = await runAlone(["doctor", "--live", "--json"], {}, played.path);
    expect(live(stdout)).toMatchObject({ status: "ok", facts: { running_server: false } });
    expect(code).toBe(0);
    expect(played.asked()).toHaveLength(1);
  });
});

// The last one: a process that had a system prompt serves no question without.
test("ask sends the system prompt, the model, the effort and a file", async () => {
  const file = join(app.home, "image.png");
  writeFileSync(file, pngOf(8, 8));
  app.simulator.enqueue(text("A dot."));
  const flags = ["-m", "claude-opus-4", "-s", "Be brief.", "--effort", "low", "-f", file];
  expect((await run(["ask", ...flags, "What is it?"])).stdout).toBe("A dot.\n");
  const body = received()[0];
  expect(body?.model).toContain("opus");
  expect(JSON.stringify(body?.system)).toContain("Be brief.");
  expect(JSON.stringify(body?.messages)).toContain(pngOf(8, 8).toString("base64"));
  expect(JSON.stringify(body)).toContain('"effort":"low"');
});

function loggedOutClaude(scripts: Scripts): string {
  const version = "case $1 in --version) echo '2.1.330 (Claude Code)' ;; *) echo '{\"loggedIn\":false}' ;; esac";
  return scripts.write("claude", version);
}
