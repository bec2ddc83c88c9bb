import { describe, expect, test } from "bun:test";
import { ConversationBuilder } from "../../../src/api/conversation/conversation-builder.ts";
import { atOnce } from "../../../src/core/pace.ts";
import type { ContentBlock, Role, Turn } from "../../../src/core/request.ts";
import { PNG } from "../../support/media.ts";

const text = (said: string): ContentBlock => ({ type: "text", text: said });
const image: ContentBlock = { type: "image", mediaType: "image/png", data: PNG, width: 1, height: 1 };
const call: ContentBlock = { type: "tool-call", id: "a", name: "f", args: "{}" };
const result: ContentBlock = { type: "tool-result", callId: "a", content: [{ type: "text", text: "r" }] };
const turn = (role: Role, ...content: ContentBlock[]): Turn => ({ role, content });
const OF_THE_ASSISTANT = text("[From the assistant's message before this:]");

function built(turns: readonly Turn[], options: { strict?: boolean; mayEndWithAnswer?: boolean } = {}) {
  const builder = new ConversationBuilder(options);
  for (const said of turns) builder.say(said);
  return atOnce(builder.build());
}

describe("images of the assistant's", () => {
  test("stand in the user's next turn, behind the results that it begins with", () => {
    const { turns, adjustments } = built([
      turn("user", text("q")),
      turn("assistant", text("x"), image, call),
      turn("user", result),
      turn("user", text("q2")),
    ]);
    expect(turns.slice(1)).toEqual([
      turn("assistant", text("x"), call),
      turn("user", result, OF_THE_ASSISTANT, image, text("q2")),
    ]);
    expect(adjustments).toEqual(["attachment"]);
  });

  test("do not make the user speak who has said nothing", () => {
    const { turns } = built([turn("user", text("q")), turn("assistant", text("x"), image), turn("user", text(" "))]);
    expect(turns.map(({ role }) => role)).toEqual(["user", "assistant"]);
  });
});

test("an attachment of instructions stands in the user's turn, before or behind what it says", () => {
  const attached = text("[Attached to the instructions:]");
  const reminder = text("<system-reminder>\nS\n</system-reminder>");
  for (const [first, system, expected] of [
    [true, "S", [attached, image, text("q")]],
    [false, "", [text("q"), reminder, attached, image]],
  ] as const) {
    const builder = new ConversationBuilder();
    if (!first) builder.say(turn("user", text("q")));
    builder.instruct("S", [image]);
    if (first) builder.say(turn("user", text("q")));
    expect(atOnce(builder.build())).toMatchObject({
      system,
      turns: [turn("user", ...expected)],
      adjustments: ["attachment"],
    });
  }
});

test("what the assistant has attached to its last word stands beside the wish to go on", () => {
  const builder = new ConversationBuilder();
  builder.say(turn("user", text("q")));
  builder.say(turn("assistant", text("x"), image));
  const { turns, continues } = atOnce(builder.build());
  expect(continues).toBe("x");
  expect(turns.at(-1)?.content.slice(1)).toEqual([text("[From the assistant's message before this:]"), image]);
});

describe("the end of a conversation is", () => {
  const asked = turn("user", text("q"));
  const answer = turn("assistant", text("x"));

  test.each<[string, Turn[], object, Role[], string | undefined]>([
    ["the assistant's to go on with", [asked, answer], {}, ["user", "assistant", "user"], "x"],
    ["as it is for a strict server", [asked, answer], { strict: true }, ["user", "assistant"], undefined],
    ["as it is where it is counted", [asked, answer], { mayEndWithAnswer: true }, ["user", "assistant"], undefined],
    [
      "as it is where the user's last word is none",
      [asked, answer, turn("user")],
      {},
      ["user", "assistant"],
      undefined,
    ],
    ["the question, where an answer has no word", [asked, turn("assistant", text(""))], {}, ["user"], undefined],
  ])("%s", (_, turns, options, roles, continues) => {
    const conversation = built(turns, options);
    expect(conversation.turns.map(({ role }) => role)).toEqual(roles);
    expect(conversation.continues).toBe(continues);
  });
});
