import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { commonPrefix, type TranscriptEntry } from "../../../src/claude/pool/transcript.ts";
import type { ContentBlock, Role, Turn } from "../../../src/core/request.ts";

const turn = (role: Role, ...texts: string[]): Turn => ({
  role,
  content: texts.map((text) => ({ type: "text", text })),
});
const user = (...texts: string[]) => turn("user", ...texts);
const assistant = (...texts: string[]) => turn("assistant", ...texts);
const remember = (turns: readonly Turn[]): TranscriptEntry[] =>
  turns.map((each, index) =>
    each.role === "user" ? { role: "user", turn: each, uuid: `uuid-${index}` } : { role: "assistant", turn: each },
  );

describe("the common prefix", () => {
  const conversation = [user("a"), assistant("b"), user("c"), assistant("d")];

  test.each<[string, Turn[], number]>([
    ["an equal conversation", conversation, 4],
    ["its beginning", conversation.slice(0, 3), 3],
    ["its continuation", [...conversation, user("e")], 4],
    ["no turns at all", [], 0],
    ["another first turn", [user("x"), ...conversation.slice(1)], 0],
    ["an edited turn in the middle", [user("a"), assistant("b"), user("C"), assistant("d")], 2],
    ["the same text in another role", [assistant("a"), assistant("b")], 0],
    ["the same text cut into other blocks", [user("a"), assistant("", "b")], 1],
    ["a block more", [user("a", "a"), assistant("b")], 0],
    ["a space more", [user("a "), assistant("b")], 0],
  ])("with %s", (_, turns, length) => {
    expect(commonPrefix(remember(conversation), turns)).toBe(length);
  });

  test("ends before an answer that the process remembers differently than the client was told", () => {
    const entries: TranscriptEntry[] = [
      { role: "user", turn: user("a"), uuid: "u" },
      { role: "assistant", turn: undefined },
    ];
    expect(commonPrefix(entries, [user("a"), assistant("b")])).toBe(1);
  });

  test("tells texts apart that look alike", () => {
    expect(commonPrefix(remember([user("é")]), [user("e\u0301")])).toBe(0);
  });
});

describe("an answer that the model wrote here is recognised", () => {
  const call = (id: string, args = "{}", name = "f"): ContentBlock => ({ type: "tool-call", id, name, args });
  const text = (words: string): ContentBlock => ({ type: "text", text: words });
  const image: ContentBlock = { type: "image", mediaType: "image/png", data: "iVBO", width: 1, height: 1 };
  const isCommon = (written: readonly ContentBlock[], told: readonly ContentBlock[], isWritten = true) =>
    commonPrefix(
      [{ role: "assistant", turn: { role: "assistant", content: written }, written: isWritten }],
      [{ role: "assistant", content: told }],
    ) === 1;

  test.each<[string, ContentBlock[], ContentBlock[]]>([
    ["with its texts in one piece", [text("a"), text("b")], [text("ab")]],
    ["with its texts before its calls", [text("a"), call("1"), text("b")], [text("ab"), call("1")]],
    ["with arguments that are written anew", [call("1", '{"a": 1, "b": [2.0]}')], [call("1", '{"b":[2],"a":1}')]],
    ["with the same arguments that are no JSON", [call("1", '{"a": ')], [call("1", '{"a": ')]],
    ["without the blank text before its calls", [text(" \n"), call("1")], [call("1")]],
    ["without an empty text", [text(""), text("a")], [text("a")]],
  ])("%s", (_, written, told) => {
    expect(isCommon(written, told)).toBeTrue();
    const isSame = JSON.stringify(written) === JSON.stringify(told);
    expect(isCommon(written, told, false)).toBe(isSame);
  });

  test.each<[string, ContentBlock[], ContentBlock[]]>([
    ["with another text", [text("a"), call("1")], [text("b"), call("1")]],
    ["with a space more", [text("a")], [text("a ")]],
    ["with a call more", [call("1")], [call("1"), call("2")]],
    ["with a call less", [text("a"), call("1")], [text("a")]],
    ["with its calls in another order", [call("1"), call("2")], [call("2"), call("1")]],
    ["with another id", [call("1")], [call("2")]],
    ["with another tool", [call("1")], [call("1", "{}", "g")]],
    ["with other arguments", [call("1", '{"a":1}')], [call("1", '{"a":"1"}')]],
    ["with no arguments in place of none", [call("1", "{}")], [call("1", "")]],
    ["with arguments that are no JSON, mended", [call("1", '{"a":1')], [call("1", '{"a":1}')]],
    ["with arguments that are the text of the same", [call("1", "{}")], [call("1", '"{}"')]],
  ])("but not %s", (_, written, told) => {
    expect(isCommon(written, told)).toBeFalse();
  });

  test("but a user's turn must be the same in everything", () => {
    const entries: TranscriptEntry[] = [{ role: "user", turn: user("a", "b"), uuid: undefined }];
    expect(commonPrefix(entries, [user("ab")])).toBe(0);
    expect(commonPrefix([{ role: "user", turn: { role: "user", content: [image] }, uuid: "u" }], [user()])).toBe(0);
  });
});

const anyTurns = fc.array(
  fc
    .tuple(fc.constantFrom<Role>("user", "assistant"), fc.array(fc.string({ maxLength: 3 }), { maxLength: 3 }))
    .map(([role, texts]) => turn(role, ...texts)),
  { maxLength: 6 },
);
const key = (each: Turn | undefined) => JSON.stringify(each);

describe("for any two conversations", () => {
  test("turns count as common as long as they are equal in everything, and no further", () => {
    fc.assert(
      fc.property(anyTurns, anyTurns, fc.nat(6), (first, second, shared) => {
        const turns = [...first.slice(0, shared), ...second];
        const length = commonPrefix(remember(first), turns);
        expect(turns.slice(0, length).map(key)).toEqual(first.slice(0, length).map(key));
        const goesOn = length < first.length && length < turns.length;
        if (goesOn) expect(key(first[length])).not.toBe(key(turns[length]));
      }),
    );
  });

  test("a change of a single character anywhere ends the common prefix there", () => {
    fc.assert(
      fc.property(anyTurns, fc.nat(), fc.nat(), fc.nat(), (turns, turnSeed, blockSeed, place) => {
        const spoken = turns.flatMap(({ content }, index) => (content.length > 0 ? [index] : []));
        fc.pre(spoken.length > 0);
        const changed = spoken[turnSeed % spoken.length] ?? 0;
        const edited = turns.map(({ role, content }, index) => {
          if (index !== changed) return turn(role, ...content.map(wordsOf));
          const block = blockSeed % content.length;
          return turn(
            role,
            ...content.map((part, at) => (at === block ? insert(wordsOf(part), place) : wordsOf(part))),
          );
        });
        expect(commonPrefix(remember(turns), edited)).toBe(changed);
      }),
    );
  });
});

const wordsOf = (block: ContentBlock) => (block.type === "text" ? block.text : "");

function insert(text: string, place: number): string {
  const at = place % (text.length + 1);
  return `${text.slice(0, at)}#${text.slice(at)}`;
}
