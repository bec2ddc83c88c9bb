import { describe, expect, test } from "bun:test";
import type { ApiStreamEvent } from "../../../src/claude/protocol/messages.ts";
import { type CliMessage, parseMessage } from "../../../src/claude/protocol/parse-message.ts";
import { replay } from "./replay.ts";

// What becomes of an answer in the memory of the CLI, where the API's own tools were at work.

type Start = Extract<ApiStreamEvent, { type: "content_block_start" }>["content_block"];
const TEXT: Start = { type: "text", text: "Words" };
const CALL = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} };
const RESULT = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
const CITED = { type: "citations_delta", citation: { type: "web_search_result_location", title: "A" } };

const message = (value: object): CliMessage => parseMessage(JSON.stringify(value));
const streamed = (event: object) => message({ type: "stream_event", event });
const answer = (blocks: readonly object[], stop_reason: string, deltas: readonly object[] = []): CliMessage[] => [
  streamed({ type: "message_start", message: { id: "msg_1", model: "m", usage: {} } }),
  ...blocks.flatMap((content_block, index) => [
    streamed({ type: "content_block_start", index, content_block }),
    ...(index === blocks.length - 1
      ? deltas.map((delta) => streamed({ type: "content_block_delta", index, delta }))
      : []),
    streamed({ type: "content_block_stop", index }),
  ]),
  streamed({ type: "message_delta", delta: { stop_reason }, usage: {} }),
  streamed({ type: "message_stop" }),
];
/** The CLI takes an answer that does not end with a text for a failure, when all is over. */
const ended = (fields: object = {}) =>
  message({
    type: "result",
    subtype: "error_during_execution",
    is_error: true,
    num_turns: 1,
    terminal_reason: "completed",
    ...fields,
  });

describe("the process remembers an answer as it was told", () => {
  test.each<[string, object[], string]>([
    ["whose end is what a tool of the API's gave", [TEXT, CALL, RESULT], "end_turn"],
    ["that was paused there, without any text", [CALL, RESULT], "pause_turn"],
    ["that was paused at a call, behind something else", [TEXT, CALL], "pause_turn"],
  ])("%s", (_, blocks, stop) => {
    const { decoder, interruptAt } = replay([...answer(blocks, stop), ended()]);
    expect([decoder.clean, interruptAt]).toEqual([true, undefined]);
  });
});

describe("it does not, and what it remembers is not relied upon,", () => {
  test.each<[string, object[], string]>([
    ["where there is no text, and the CLI asks once more", [CALL, RESULT], "end_turn"],
    ["where there is nothing but a call without a result, which the CLI drops", [CALL], "pause_turn"],
  ])("%s", (_, blocks, stop) => {
    const { decoder, interruptAt } = replay([...answer(blocks, stop), ended()]);
    expect(decoder.clean).toBeFalse();
    expect(interruptAt).toBeDefined();
  });

  test("where the turn failed for another reason", () => {
    const { decoder } = replay([...answer([TEXT, CALL, RESULT], "end_turn"), ended({ terminal_reason: "api_error" })]);
    expect(decoder.clean).toBeFalse();
  });

  test("where it has lost what a text rests on", () => {
    const told = (citations: object[]) =>
      message({ type: "assistant", message: { content: [{ type: "text", text: "Words", citations }] } });
    const cited = answer([TEXT], "end_turn", [CITED]);
    const done = ended({ subtype: "success", is_error: false });
    expect(
      replay([told([]), ...cited.slice(0, -2), told([CITED.citation]), ...cited.slice(-2), done]).decoder.clean,
    ).toBeTrue();
    expect(replay([...cited.slice(0, -2), told([]), ...cited.slice(-2), done]).decoder.clean).toBeFalse();
  });
});
