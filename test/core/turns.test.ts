import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ContentBlock, Role, Turn } from "../../src/core/request.ts";
import { isBlank, normalizeTurns, textOf as wholeText } from "../../src/core/turns.ts";

const turn = (role: Role, ...texts: string[]): Turn => ({
  role,
  content: texts.map((text): ContentBlock => ({ type: "text", text })),
});
const user = (...texts: string[]) => turn("user", ...texts);
const assistant = (...texts: string[]) => turn("assistant", ...texts);

describe("normalizeTurns", () => {
  test("leaves a conversation alone that already alternates", () => {
    const turns = [user("a"), assistant("b"), user("c", "d")];
    expect(normalizeTurns(turns)).toEqual(turns);
  });

  test("makes one turn of neighbours of one role, their blocks apart and in order", () => {
    const turns = [user("a"), user("b", "c"), assistant("d"), assistant("e"), user("f")];
    expect(normalizeTurns(turns)).toEqual([user("a", "b", "c"), assistant("d", "e"), user("f")]);
  });

  test("drops a turn that is blank as a whole, and joins the turns it stood between", () => {
    expect(normalizeTurns([user("a"), assistant(" ", "\n"), user("b")])).toEqual([user("a", "b")]);
  });

  test("drops a turn without any block", () => {
    expect(normalizeTurns([assistant(), user("a"), assistant()])).toEqual([user("a")]);
  });

  test("keeps the characters of a blank block: they join the block before it", () => {
    expect(normalizeTurns([user("a", "\n\n", " ", "b")])).toEqual([user("a\n\n ", "b")]);
  });

  test("keeps the characters of leading blank blocks: they join the first block that is not blank", () => {
    expect(normalizeTurns([user(" ", "\t", "a", "\n")])).toEqual([user(" \ta\n")]);
  });

  test("never moves a blank block into the turn before", () => {
    expect(normalizeTurns([user("a"), assistant("b"), user(" ")])).toEqual([user("a"), assistant("b")]);
  });

  test("does not touch white space around a text that is not blank", () => {
    expect(normalizeTurns([user("  a \r\n")])).toEqual([user("  a \r\n")]);
  });

  test("makes nothing of nothing", () => {
    expect(normalizeTurns([])).toEqual([]);
  });

  test("leaves the turns it was given as they are", () => {
    const given = [user(" ", "a"), user("b"), assistant("c", " ")];
    const before = structuredClone(given);
    normalizeTurns(given);
    expect(given).toEqual(before);
  });
});

describe("between blocks of other kinds, normalizeTurns", () => {
  const text = (words: string): ContentBlock => ({ type: "text", text: words });
  const image: ContentBlock = { type: "image", mediaType: "image/png", data: "iVBO", width: 1, height: 1 };
  const call: ContentBlock = { type: "tool-call", id: "1", name: "f", args: "{}" };
  const result: ContentBlock = { type: "tool-result", callId: "1", content: [] };
  const normalize = (...content: ContentBlock[]) => normalizeTurns([{ role: "user", content }])[0]?.content;

  test("keeps texts where they are", () => {
    const content = [text("a"), image, text("b"), result, text("c")];
    expect(normalize(...content)).toEqual(content);
  });

  test("joins a blank text to the text beside it, never to one beyond the other block", () => {
    expect(normalize(text("a"), text(" "), image, text("\n"), text("b"))).toEqual([text("a "), image, text("\nb")]);
  });

  test("drops a blank text that has no text beside it", () => {
    expect(normalize(text(" "), image, text("\n"), result, text(""))).toEqual([image, result]);
  });

  test("does not carry a blank text over to the other side of such a block", () => {
    expect(normalize(text("\n"), image, text("b"))).toEqual([image, text("b")]);
  });

  test("keeps a turn without any text", () => {
    const turns: Turn[] = [
      { role: "user", content: [image] },
      { role: "assistant", content: [call] },
      { role: "user", content: [result] },
    ];
    expect(normalizeTurns(turns)).toEqual(turns);
  });

  test("makes one turn of an answer that was split into text and calls", () => {
    const turns: Turn[] = [assistant("a"), { role: "assistant", content: [text(""), call] }, user(" ")];
    expect(normalizeTurns(turns)).toEqual([{ role: "assistant", content: [text("a"), call] }]);
  });
});

test("the text of a turn is all of its texts in one piece", () => {
  expect(
    wholeText({
      role: "user",
      content: [
        { type: "text", text: "a " },
        { type: "image", mediaType: "image/png", data: "iVBO", width: 1, height: 1 },
        { type: "tool-result", callId: "1", content: [{ type: "text", text: "not this" }] },
        { type: "text", text: "b" },
      ],
    }),
  ).toBe("a b");
});

test.each([
  ["the empty text", ""],
  ["a space", " "],
  ["line ends and tabs", "\n\t\r "],
  ["a no-break space", "\u00a0"],
  ["an ideographic space", "\u3000"],
])("blank is %s", (_, text) => {
  expect(isBlank(text)).toBeTrue();
});

test.each([
  ["a letter", "a"],
  ["a dot among spaces", " . "],
  ["a zero-width space", "\u200b"],
])("not blank is %s", (_, text) => {
  expect(isBlank(text)).toBeFalse();
});

const anyText = fc.oneof(fc.constantFrom("", " ", "\n", "\t \n"), fc.string({ unit: "grapheme", maxLength: 6 }));
const anyTurns = fc.array(
  fc.record({
    role: fc.constantFrom<Role>("user", "assistant"),
    content: fc.array(
      anyText.map((text): ContentBlock => ({ type: "text", text })),
      { maxLength: 4 },
    ),
  }),
  { maxLength: 8 },
);
const wordsOf = (block: ContentBlock) => (block.type === "text" ? block.text : "");
const textOf = ({ content }: Turn) => content.map(wordsOf).join("");

describe("for any turns, normalizeTurns", () => {
  test("keeps every character of each run of a role, turns blank as a whole aside, in order", () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const runs: { role: Role; text: string }[] = [];
        for (const kept of turns.filter((candidate) => !isBlank(textOf(candidate)))) {
          const last = runs.at(-1);
          if (last?.role === kept.role) last.text += textOf(kept);
          else runs.push({ role: kept.role, text: textOf(kept) });
        }
        expect(normalizeTurns(turns).map((result) => ({ role: result.role, text: textOf(result) }))).toEqual(runs);
      }),
    );
  });

  test("alternates the roles and leaves no blank block and no empty turn", () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const result = normalizeTurns(turns);
        for (const [index, { role, content }] of result.entries()) {
          expect(role).not.toBe(result[index - 1]?.role ?? ("none" as Role));
          expect(content.length).toBeGreaterThan(0);
          expect(content.filter((block) => isBlank(wordsOf(block)))).toEqual([]);
        }
      }),
    );
  });

  test("keeps apart the blocks that are not blank", () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const speaking = (all: readonly Turn[]) =>
          all.flatMap(({ content }) => content).filter((block) => !isBlank(wordsOf(block))).length;
        expect(speaking(normalizeTurns(turns))).toBe(speaking(turns));
      }),
    );
  });

  test("changes nothing when done again", () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const once = normalizeTurns(turns);
        expect(normalizeTurns(once)).toEqual(once);
      }),
    );
  });
});
