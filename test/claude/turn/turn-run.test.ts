import { expect, test } from "bun:test";
import { CliProcess } from "../../../src/claude/process/cli-process.ts";
import { ToolNames } from "../../../src/claude/tools/tool-names.ts";
import { TurnRun } from "../../../src/claude/turn/turn-run.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { makeScripts } from "../../support/scripts.ts";

const EVENTS = [
  { type: "message_start", message: { id: "msg_1", model: "m", usage: {} } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: {} },
];

test("a process that never ends its turn after a complete answer is ended, and the answer is whole", async () => {
  using scripts = makeScripts();
  const lines = EVENTS.map((event) => `echo '${JSON.stringify({ type: "stream_event", event })}'`);
  const process = new CliProcess({
    path: scripts.write("claude", `${lines.join("\n")}\nexec sleep 600`),
    args: [],
    env: { PATH: "/usr/bin:/bin" },
    cwd: scripts.directory,
    logger: new Logger("silent"),
  });
  const turn = new TurnRun({
    process,
    tools: undefined,
    names: new ToolNames([]),
    output: undefined,
    isResumed: false,
    filteredStops: [],
    silenceTimeoutMs: 600_000,
  });
  const types: string[] = [];
  for await (const { type } of turn.events) types.push(type);
  expect(types).toEqual(["response-start", "text-start", "text-delta", "text-end", "finish"]);
  expect(await turn.outcome).toBe("dead");
  await process.exited;
}, 15_000);

test("a process that ends before a word of its answer is told with what it ended by, and its turn is over", async () => {
  using scripts = makeScripts();
  const process = new CliProcess({
    path: scripts.write("claude", "exit 7"),
    args: [],
    env: { PATH: "/usr/bin:/bin" },
    cwd: scripts.directory,
    logger: new Logger("silent"),
  });
  const turn = new TurnRun({
    process,
    tools: undefined,
    names: new ToolNames([]),
    output: undefined,
    isResumed: false,
    filteredStops: [],
    silenceTimeoutMs: 600_000,
  });
  const events = await Array.fromAsync(turn.events);
  expect(events).toMatchObject([
    { type: "error", error: { code: "cli_failed", message: expect.stringContaining("exited with code 7") } },
  ]);
  expect(await turn.outcome).toBe("dead");
});
