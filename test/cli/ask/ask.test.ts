import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forTerminal } from "../../../src/cli/ask/ask.ts";
import { type CliOptions, type CliResult, runCli } from "../../support/run-cli.ts";

/** What `ask` prints when the server that runs answers with this, and what else it says of itself. */
async function askWhere(
  events: readonly object[],
  health: object = {},
  { flags = [], ...options }: CliOptions & { readonly flags?: readonly string[] } = {},
): Promise<CliResult> {
  const stream = [...events.map((event) => JSON.stringify(event)), "[DONE]"]
    .map((data) => `data: ${data}\n\n`)
    .join("");
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    routes: {
      "/health": Response.json({ name: "claude-max-api", status: "ok", ...health }),
      "/v1/chat/completions": () => new Response(stream),
    },
  });
  try {
    return await runCli(["ask", "Hi", "--port", String(server.port), ...flags], options);
  } finally {
    await server.stop(true);
  }
}

const delta = (content: string) => ({ choices: [{ delta: { content }, finish_reason: null }] });
const end = (finish_reason: string) => ({ choices: [{ delta: {}, finish_reason }] });

describe("what is not the answer goes to standard error", () => {
  test.each([
    ["length", "claude-max-api: the answer was cut: the model's limit of output was reached.\n"],
    ["content_filter", "claude-max-api: the model declined to go on.\n"],
    ["stop", ""],
  ])("that it ended by %s", async (reason, stderr) => {
    expect(await askWhere([delta("One "), delta("two"), end(reason)])).toEqual({
      code: 0,
      stdout: "One two\n",
      stderr,
    });
  });

  test("which pages it rests on, each once", async () => {
    const source = (url: string, title: string) => ({ type: "url_citation", url_citation: { url, title } });
    const rome = source("https://rome.example/", "Rome\u001b[2J");
    const annotated = { choices: [{ delta: { annotations: [rome, source("https://x.example/", ""), rome] } }] };
    expect(await askWhere([delta("Sunny."), annotated, end("stop")], {}, { flags: ["--search"] })).toEqual({
      code: 0,
      stdout: "Sunny.\n",
      stderr: "Sources:\n  Rome\uFFFD[2J https://rome.example/\n  https://x.example/\n",
    });
  });

  test("that it is simulated", async () => {
    const { stdout, stderr } = await askWhere([delta("One\n"), end("stop")], { demo: true });
    expect(stdout).toBe("One\n");
    expect(stderr).toContain("demo mode");
  });

  test("why it broke off, with the exit code 1", async () => {
    const failure = { error: { message: "It is overloaded.", code: "overloaded" } };
    const { code, stdout, stderr } = await askWhere([delta("One"), failure]);
    expect([code, stdout]).toEqual([1, "One\n"]);
    expect(stderr).toBe("claude-max-api: It is overloaded.\n");
  });
});

describe("what the server refuses is said in this command's own words", () => {
  const refused = (param: string | null, message: string, code = "invalid_value") =>
    askWhere([{ error: { message, code, param } }]);
  test.each([
    ["reasoning_effort", "Invalid value for 'reasoning_effort': expected one of …", "--effort: expected one of …"],
    ["messages[0].content[0].file.file_data", "It is no PDF.", "--file: It is no PDF."],
    [null, "It is overloaded.", "It is overloaded."],
  ])("of %p", async (param, message, said) => {
    expect((await refused(param, message)).stderr).toBe(`claude-max-api: ${said}\n`);
  });
  test("of a model, without what is for who starts the server", async () => {
    const message = 'The model "x" does not exist here. Available: opus. For a program that insists on its own name, …';
    expect((await refused("model", message, "model_not_found")).stderr).toBe(
      'claude-max-api: --model: the model "x" does not exist here. Available: opus.\n',
    );
  });
});

test("who asks for the demo spends nothing at a server that is not in demo mode", async () => {
  const home = mkdtempSync(join(tmpdir(), "ask-"));
  try {
    const flags = ["--demo", "--claude-path", "/nowhere/claude"];
    const answer = [delta("One"), end("stop")];
    const alone = await askWhere(answer, { demo: false }, { flags, home });
    expect([alone.code, alone.stdout]).toEqual([1, ""]);
    expect(alone.stderr).toContain("not found at /nowhere/claude");
    expect(await askWhere(answer, { demo: true }, { flags, home })).toMatchObject({ code: 0, stdout: "One\n" });
  } finally {
    rmSync(home, { recursive: true });
  }
});
test("a terminal is shown text, line breaks and tabs as they are", () => {
  const text = "Zwölf\n\tBoxkämpfer 👩‍🚀 → 漢字";
  expect(forTerminal(text)).toBe(text);
});

test("what would steer the terminal becomes visible", () => {
  expect(forTerminal("\u001b[2J\u001b]0;title\u0007\r\u009b1m\u007f")).toBe(
    "\uFFFD[2J\uFFFD]0;title\uFFFD\uFFFD\uFFFD1m\uFFFD",
  );
});
