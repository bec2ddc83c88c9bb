import { describe, expect, test } from "bun:test";
import type { TranscriptEntry } from "../../../src/claude/pool/transcript.ts";
import { KnownThinking } from "../../../src/claude/thinking/known-thinking.ts";
import type { ContentBlock, ThinkingBlock, Turn } from "../../../src/core/request.ts";
import { inTheApisForm } from "../../../src/simulator/thinking-signature.ts";
import { assistant, text, user } from "../pool/turns.ts";

const NEW = "claude-opus-5-5";
const OLD = "claude-opus-4-8";
const sign = (name: string) => inTheApisForm(`the signature of ${name}`);
const thought = (name: string, fields: Partial<ThinkingBlock> = {}): ThinkingBlock => ({
  type: "thinking",
  text: name,
  signature: sign(name),
  ...fields,
});

/** Has an answer thought in a conversation. */
async function tell(
  known: KnownThinking,
  name: string,
  { model = NEW, setting = "S", turns }: { model?: string; setting?: string; turns: readonly Turn[] },
) {
  const learn = known.learner(setting, turns);
  await learn({ type: "response-start", id: "msg_1", model });
  await learn({ type: "reasoning-end", block: 0, signature: sign(name) });
}

const said = (turns: readonly Turn[]) =>
  turns.flatMap(({ content }) => content.map((block: ContentBlock) => ("text" in block ? block.text : block.type)));

const CONVERSATION = [
  user(text("q1")),
  assistant(thought("t1"), text("a1")),
  user(text("q2")),
  assistant(thought("t2"), text("a2")),
  user(text("q3")),
];

async function told(model = NEW) {
  const known = new KnownThinking();
  await tell(known, "t1", { model, turns: CONVERSATION.slice(0, 1) });
  await tell(known, "t2", { model, turns: CONVERSATION.slice(0, 3) });
  return known;
}

describe("thinking that comes back is sent", () => {
  test("where this server told it", async () => {
    expect((await told()).usable(CONVERSATION, { model: NEW, setting: "S" })).toEqual({
      turns: CONVERSATION,
      lacks: false,
      isBound: true,
    });
  });

  test("where nothing is known of it, and without the model that the dialect names", async () => {
    const turns = [user(text("q")), assistant(thought("t", { model: NEW }), text("a")), user(text("b"))];
    expect(new KnownThinking().usable(turns, { model: NEW, setting: "S" }).turns).toEqual([
      user(text("q")),
      assistant(thought("t"), text("a")),
      user(text("b")),
    ]);
  });

  test("to a model of the same name by another date, or in another size", async () => {
    const known = await told("claude-haiku-4-5-20251001");
    expect(known.usable(CONVERSATION, { model: "claude-haiku-4-5", setting: "S" }).lacks).toBe(false);
  });
});

describe("thinking is left out", () => {
  test.each<[string, string]>([
    ["without a signature", ""],
    ["with what is no base64", "not signed, really"],
    ["that is OpenAI's", `gAAAAA${sign("t")}`],
    ["with too little of a signature", "s"],
    ["that is Gemini's, in one form", Buffer.from("\n\x05\x01\x11M2_ and more of it").toString("base64")],
    ["that is Gemini's, in another", Buffer.from("\x12\x18\n\x16\x01\x11M2_ and more of it yet").toString("base64")],
  ])("%s", async (_, signature) => {
    const turns = [user(text("q")), assistant({ type: "thinking", text: "t", signature }, text("a")), user(text("b"))];
    const { turns: usable, lacks, isBound } = new KnownThinking().usable(turns, { model: NEW, setting: "S" });
    expect([said(usable), lacks, isBound]).toEqual([["q", "a", "b"], true, false]);
  });

  test("that is in no known form, until the API gives some that is not either", async () => {
    const signature = Buffer.from("something new that nobody has seen").toString("base64");
    const turns = [user(text("q")), assistant({ type: "thinking", text: "t", signature }, text("a")), user(text("b"))];
    const known = new KnownThinking();
    const usable = () => said(known.usable(turns, { model: NEW, setting: "S" }).turns);
    expect(usable()).toEqual(["q", "a", "b"]);
    const learn = known.learner("S", turns);
    await learn({ type: "response-start", id: "msg_1", model: NEW });
    await learn({
      type: "reasoning-end",
      block: 0,
      signature: Buffer.from("this one is as new as that").toString("base64"),
    });
    expect(usable()).toEqual(["q", "t", "a", "b"]);
  });

  test("that another model thought, as this server or the dialect tells", async () => {
    const { turns } = (await told(OLD)).usable(CONVERSATION, { model: NEW, setting: "S" });
    expect(said(turns)).toEqual(["q1", "a1", "q2", "a2", "q3"]);
    const named = [user(text("q")), assistant(thought("t", { model: OLD }), text("a")), user(text("b"))];
    expect(said(new KnownThinking().usable(named, { model: NEW, setting: "S" }).turns)).toEqual(["q", "a", "b"]);
  });

  test("that is bound to another system prompt, or to other tools", async () => {
    expect(said((await told()).usable(CONVERSATION, { model: NEW, setting: "T" }).turns)).toEqual([
      "q1",
      "a1",
      "q2",
      "a2",
      "q3",
    ]);
  });

  test("behind what was changed, and not before it", async () => {
    const edited = [...CONVERSATION.slice(0, 2), user(text("another")), ...CONVERSATION.slice(3)];
    expect(said((await told()).usable(edited, { model: NEW, setting: "S" }).turns)).toEqual([
      "q1",
      "t1",
      "a1",
      "another",
      "a2",
      "q3",
    ]);
  });

  test("that the API refused, until it is told again", async () => {
    const known = await told();
    known.refuse(CONVERSATION);
    expect(known.usable(CONVERSATION, { model: NEW, setting: "S" }).lacks).toBe(true);
    await tell(known, "t1", { turns: CONVERSATION.slice(0, 1) });
    expect(said(known.usable(CONVERSATION, { model: NEW, setting: "S" }).turns)).toContain("t1");
  });
});

test("thinking of models before 5.5 holds whatever else is told", async () => {
  const edited = [user(text("another")), ...CONVERSATION.slice(1)];
  expect((await told(OLD)).usable(edited, { model: OLD, setting: "T" })).toEqual({
    turns: edited,
    lacks: false,
    isBound: false,
  });
});

test("an answer told again in other ways is the same before the next one's thinking", async () => {
  const retold = [user(text("q1")), assistant(thought("t1"), text("a1  \n")), ...CONVERSATION.slice(2)];
  expect((await told()).usable(retold, { model: NEW, setting: "S" }).lacks).toBe(false);
});

test("where the model had been told of the CLI's environment is known again with the first thinking that is sent", async () => {
  const known = new KnownThinking();
  const remembered = CONVERSATION.slice(0, 4).map((turn, index): TranscriptEntry => {
    if (turn.role === "assistant") return { role: "assistant", turn };
    return { role: "user", turn, uuid: "", ...(index === 2 && { tellsEnvironment: true }) };
  });
  const learn = known.learner("S", CONVERSATION.slice(0, 3), remembered);
  await learn({ type: "response-start", id: "msg_1", model: NEW });
  await learn({ type: "reasoning-end", block: 0, signature: sign("t2") });
  expect(known.usable(CONVERSATION, { model: NEW, setting: "S" }).environmentAt).toBe(2);
  expect(new KnownThinking().usable(CONVERSATION, { model: NEW, setting: "S" }).environmentAt).toBeUndefined();
});

test("thinking that a client was told without its words is sent with the words that the API gave", async () => {
  const known = new KnownThinking();
  const asked = [user(text("q"))];
  const learn = known.learner("S", asked);
  await learn({ type: "response-start", id: "msg_1", model: NEW });
  await learn({ type: "reasoning-start", block: 0 });
  await learn({ type: "reasoning-delta", block: 0, text: "Let me " });
  await learn({ type: "reasoning-delta", block: 0, text: "see." });
  await learn({ type: "reasoning-end", block: 0, signature: sign("a") });
  const turns = (words: string) => [...asked, assistant(thought("a", { text: words }), text("A.")), user(text("next"))];
  for (const words of ["", "Let me see."]) {
    expect(said(known.usable(turns(words), { model: NEW, setting: "S" }).turns)).toEqual([
      "q",
      "Let me see.",
      "A.",
      "next",
    ]);
  }
});
