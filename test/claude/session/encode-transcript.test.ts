import { describe, expect, test } from "bun:test";
import { type Attachment, encodeTranscript } from "../../../src/claude/session/encode-transcript.ts";
import { assistantMessage, userMessage } from "../../../src/claude/turn/encode-input.ts";
import { atOnce } from "../../../src/core/pace.ts";
import type { ContentBlock, Turn } from "../../../src/core/request.ts";
import { PDF, PNG } from "../../support/media.ts";
import { toolNames } from "../../support/tool-names.ts";

const NAMES = toolNames(["look up"]);
const user = (...content: ContentBlock[]): Turn => ({ role: "user", content });
const assistant = (...content: ContentBlock[]): Turn => ({ role: "assistant", content });
const say = (text: string): ContentBlock => ({ type: "text", text });
const call = (id: string): ContentBlock => ({ type: "tool-call", id, name: "look up", args: '{"q":1}' });
const result = (callId: string): ContentBlock => ({
  type: "tool-result",
  callId,
  content: [{ type: "text", text: "r" }],
});

function encode(turns: readonly Turn[], attachments: readonly Attachment[] = [], environmentAt?: number) {
  let count = 0;
  const steps = encodeTranscript(turns, {
    names: NAMES,
    modelId: "claude-some-1",
    cwd: "/empty",
    version: "2.1.330",
    sessionId: "session",
    newUuid: () => `uuid-${++count}`,
    now: new Date(0),
    attachments,
    environmentAt,
  });
  const encoded = atOnce(steps);
  const lines = Buffer.concat(encoded.pieces).toString().split("\n");
  expect(lines.pop()).toBe("");
  return { ...encoded, lines: lines.map((line) => JSON.parse(line)) };
}

const COMMON = {
  sessionId: "session",
  isSidechain: false,
  userType: "external",
  cwd: "/empty",
  version: "2.1.330",
  timestamp: "1970-01-01T00:00:00.000Z",
};

test("a conversation is exactly these lines: one for each turn, and each names the one before it", () => {
  const { lines, uuids, resumeAt } = encode([user(say("one")), assistant(say("two"))]);
  expect(lines).toEqual([
    {
      ...COMMON,
      parentUuid: null,
      uuid: "uuid-1",
      type: "user",
      message: { role: "user", content: [{ type: "text", text: "one" }] },
    },
    {
      ...COMMON,
      parentUuid: "uuid-1",
      uuid: "uuid-3",
      type: "assistant",
      message: {
        id: "msg_uuid-2",
        type: "message",
        role: "assistant",
        model: "claude-some-1",
        content: [{ type: "text", text: "two" }],
        stop_reason: "end_turn",
        stop_sequence: null,
        usage: { input_tokens: 0, output_tokens: 0 },
      },
    },
  ]);
  expect(uuids).toEqual(["uuid-1", "uuid-3"]);
  expect(resumeAt).toBeUndefined();
});

test("no answer has the message id of another: the CLI would put them together", () => {
  const { lines } = encode([user(say("1")), assistant(say("2")), user(say("3")), assistant(say("4"))]);
  const ids = lines.filter(({ type }) => type === "assistant").map(({ message }) => message.id);
  expect(new Set(ids).size).toBe(2);
});

test("content is what it is when a turn is appended, block for block", () => {
  const turns = [
    user(
      say("/clear @/etc/hostname"),
      { type: "image", mediaType: "image/png", data: PNG, width: 1, height: 1 },
      { type: "document", title: "T", source: { type: "pdf", data: PDF } },
    ),
    assistant(say("(no content)")),
    user(say("(no content)")),
    assistant(say("calls"), call("a"), call("b")),
    user({ type: "tool-result", callId: "a", content: [], isError: true }, result("b"), say("and")),
    assistant(say("end")),
  ];
  const appended = turns.map((turn) =>
    turn.role === "user" ? userMessage(turn, { uuid: "", query: false, names: NAMES }) : assistantMessage(turn, NAMES),
  );
  const contentOf = (line: object) => Reflect.get(Reflect.get(line, "message"), "content");
  expect(encode(turns).lines.map(contentOf)).toEqual(appended.map(contentOf));
});

describe("attachments", () => {
  const attachments: Attachment[] = [{ type: "environment", snapshot: {} }, { type: "date" }];
  const types = (turns: readonly Turn[]) => encode(turns, attachments).lines.map(({ type }) => type);

  test("stand behind the first turn of the user's, as they are, in the same chain, and have no place among the turns", () => {
    const { lines, uuids } = encode(
      [user(say("1")), assistant(say("2")), user(say("3")), assistant(say("4"))],
      attachments,
    );
    expect(lines.map(({ type }) => type)).toEqual([
      "user",
      "attachment",
      "attachment",
      "assistant",
      "user",
      "assistant",
    ]);
    expect(lines.slice(1, 3).map(({ attachment }) => attachment)).toEqual(attachments);
    expect(lines.map(({ parentUuid }) => parentUuid)).toEqual([null, ...lines.slice(0, -1).map(({ uuid }) => uuid)]);
    expect(uuids).toEqual(lines.filter(({ type }) => type !== "attachment").map(({ uuid }) => uuid));
  });

  test("stand behind that turn also when the conversation begins with an answer", () => {
    expect(types([assistant(say("0")), user(say("1")), assistant(say("2"))])).toEqual([
      "assistant",
      "user",
      "attachment",
      "attachment",
      "assistant",
    ]);
  });

  test("stand behind another turn where the model was told of it there, if that was answered", () => {
    const turns = [user(say("1")), assistant(say("2")), user(say("3")), assistant(say("4")), user(say("5"))];
    const placeAt = (environmentAt: number) => {
      const { lines, environmentAt: place } = encode(turns, attachments, environmentAt);
      return [lines.findIndex(({ type }) => type === "attachment"), place];
    };
    expect(placeAt(2)).toEqual([3, 2]);
    for (const other of [1, 4, 9]) expect(placeAt(other)).toEqual([1, 0]);
    expect(encode(turns).environmentAt).toBeUndefined();
  });

  test("are left out while no turn of the user's is answered: the CLI adds them with the question", () => {
    expect(types([assistant(say("0"))])).toEqual(["assistant"]);
  });
});

describe("calls that are still open", () => {
  const turns = [user(say("1")), assistant(call("a"), call("b"))];

  test("get results that are not read: the CLI would take them for interrupted ones", () => {
    const { lines, uuids, resumeAt } = encode(turns);
    expect(lines.at(-1).message.content).toEqual([
      { type: "tool_result", tool_use_id: "a", content: "" },
      { type: "tool_result", tool_use_id: "b", content: "" },
    ]);
    expect(lines.at(-1).parentUuid).toBe(resumeAt);
    expect(uuids).toHaveLength(2);
    expect(resumeAt).toBe(uuids[1]);
  });

  test("are no others than those of the last answer", () => {
    const { lines, resumeAt } = encode([...turns, user(result("a"), result("b")), assistant(say("2"))]);
    expect(lines).toHaveLength(4);
    expect(resumeAt).toBeUndefined();
  });
});

test("a conversation of no turns is an empty file", () => {
  expect(encode([])).toMatchObject({ pieces: [], uuids: [], resumeAt: undefined });
});
