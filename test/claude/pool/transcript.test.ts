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
