import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conversationOf } from "../../src/simulator/messages-body.ts";
import { text } from "../../src/simulator/reply.ts";
import { startSimulator } from "../../src/simulator/simulator.ts";

const CLAUDE = join(import.meta.dir, "../../node_modules/.bin/claude");
const ARGUMENTS = [
  ..."-p --input-format stream-json --output-format stream-json --verbose --include-partial-messages".split(" "),
  ..."--no-session-persistence --strict-mcp-config --disable-slash-commands --permission-mode dontAsk".split(" "),
  ...["--tools", "", "--setting-sources", ""],
];
const TURN = {
  type: "user",
  message: { role: "user", content: "Say hello." },
  parent_tool_use_id: null,
  session_id: "",
  uuid: "0f8fad5b-d9cb-469f-a165-70867728950e",
  client_composed: true,
};

type CliMessage = { type: string; result?: string; is_error?: boolean; event?: { delta?: { text?: string } } };

test("the real CLI takes the simulator for the API: one turn, one request, the streamed answer", async () => {
  const home = await mkdtemp(join(tmpdir(), "simulator-cli-"));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(home, { recursive: true, force: true }));
  const simulator = startSimulator();
  cleanup.defer(() => simulator.close());
  simulator.enqueue(text("Hello from the simulator.", { chunks: ["Hello fr", "om the sim", "ulator."] }));

  const cli = Bun.spawn([CLAUDE, ...ARGUMENTS], {
    cwd: home,
    stdin: new Blob([`${JSON.stringify(TURN)}\n`]),
    stdout: "pipe",
    stderr: "pipe",
    env: {
      PATH: process.env.PATH ?? "",
      HOME: home,
      CLAUDE_CONFIG_DIR: home,
      ANTHROPIC_BASE_URL: simulator.url,
      CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-test",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    },
  });
  cleanup.defer(async () => {
    cli.kill("SIGKILL");
    await cli.exited;
  });
  const [stdout, stderr] = await Promise.all([cli.stdout.text(), cli.stderr.text(), cli.exited]);
  const messages = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as CliMessage);

  expect(messages.map((message) => message.event?.delta?.text).filter((piece) => piece !== undefined)).toEqual([
    "Hello fr",
    "om the sim",
    "ulator.",
  ]);
  expect(messages.find((message) => message.type === "result")).toMatchObject({
    is_error: false,
    result: "Hello from the simulator.",
  });
  expect(simulator.requests.map((request) => conversationOf(request.body))).toEqual([
    [{ role: "user", content: [{ type: "text", text: "Say hello." }] }],
  ]);
  expect(simulator.requests.map(({ refusal, isAborted }) => ({ refusal, isAborted }))).toEqual([
    { refusal: undefined, isAborted: false },
  ]);
  expect({ unexpected: simulator.unexpected, stderr }).toEqual({ unexpected: [], stderr: "" });
});
