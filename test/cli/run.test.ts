import { describe, expect, test } from "bun:test";
import { usesColours } from "../../src/cli/terminal/terminal.ts";
import { builtBinary } from "../support/built-binary.ts";
import { runCli } from "../support/run-cli.ts";

describe("what is not understood", () => {
  test("ends with 2, says what, and where help is", async () => {
    expect(await runCli(["--prot", "1"])).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "claude-max-api: unknown option --prot. Did you mean --port?\nRun claude-max-api --help for all options.\n",
    });
    expect((await runCli(["serve", "--prot", "1"])).stderr).toEndWith(
      "Run claude-max-api serve --help for all options.\n",
    );
  });
});

test("the version and the help go to standard output, and end with 0", async () => {
  expect(await runCli(["--version"])).toEqual({ code: 0, stdout: "1.2.3\n", stderr: "" });
  const help = await runCli(["help", "serve"]);
  expect([help.code, help.stderr]).toEqual([0, ""]);
  expect(help.stdout).toStartWith("Start the server");
});

test.skipIf(process.platform !== "linux")(
  "output that cannot be written is said, and ends with 1; a reader that had enough is fine",
  async () => {
    const binary = await builtBinary();
    const run = async (redirection: string) => {
      const line = `"$@" --help ${redirection}`;
      const child = Bun.spawn(["sh", "-c", line, "sh", binary], {
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      return { stderr: await new Response(child.stderr).text(), code: await child.exited };
    };
    expect(await run("> /dev/full")).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^claude-max-api: standard output cannot be written: ENOSPC.*\n$/),
    });
    expect(await run("| true")).toEqual({ code: 0, stderr: "" });
  },
);

describe("colours", () => {
  test.each([
    ["on a terminal", {}, true, true],
    ["not elsewhere", {}, false, false],
    ["not where NO_COLOR says so", { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
    ["an empty NO_COLOR says nothing", { NO_COLOR: "" }, true, true],
    ["anywhere where FORCE_COLOR says so", { FORCE_COLOR: "1" }, false, true],
    ["not where FORCE_COLOR is 0", { FORCE_COLOR: "0" }, true, false],
    ["not on a dumb terminal", { TERM: "dumb" }, true, false],
  ])("%s", (_, env, isTerminal, expected) => {
    expect(usesColours(env, isTerminal)).toBe(expected);
  });
});
