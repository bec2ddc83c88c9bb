import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { LineFramer } from "../../../src/claude/process/line-framer.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The lines of a stream that arrives in these chunks. */
function frame(chunks: readonly Uint8Array[]): string[] {
  const framer = new LineFramer();
  return [...chunks.flatMap((chunk) => framer.push(chunk)), ...framer.end()];
}

/** Cuts the bytes at these places. */
function cut(all: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (all.length + 1)), all.length].sort((a, b) => a - b);
  return ends.map((end, index) => all.slice(ends[index - 1] ?? 0, end));
}

describe("a line", () => {
  test("comes as soon as its newline does, without it", () => {
    const framer = new LineFramer();
    expect(framer.push(bytes("one"))).toEqual([]);
    expect(framer.push(bytes("\ntwo\nthr"))).toEqual(["one", "two"]);
    expect(framer.push(bytes("ee\n"))).toEqual(["three"]);
    expect(framer.end()).toEqual([]);
  });

  test("without a newline at the end of the stream is kept", () => {
    expect(frame([bytes("one\ntw"), bytes("o")])).toEqual(["one", "two"]);
  });

  test("that is empty or blank is left out", () => {
    expect(frame([bytes("\n\none\n  \n\r\n"), bytes("\n"), bytes(" ")])).toEqual(["one"]);
  });

  test("keeps a character whole whose bytes come apart", () => {
    const [first, ...rest] = cut(bytes("a😀é\n"), [2, 3, 4, 6]);
    expect(frame([first ?? bytes(""), ...rest])).toEqual(["a😀é"]);
  });

  test("holds a carriage return, and the line separators of Unicode, as characters", () => {
    expect(frame([bytes("a\rb\u2028c\u2029d\u0085e\n")])).toEqual(["a\rb\u2028c\u2029d\u0085e"]);
  });

  test("survives the reader's reuse of its buffer", () => {
    const framer = new LineFramer();
    const buffer = bytes("first");
    framer.push(buffer);
    buffer.fill(0x78);
    expect(framer.push(bytes("\n"))).toEqual(["first"]);
  });
});

test("lines never depend on where the stream was cut", () => {
  // A byte order mark at the beginning of a line is no part of the text.
  const anyLine = fc
    .string({ unit: "binary", maxLength: 20 })
    .map((text) => text.replaceAll("\n", "").toWellFormed())
    .filter((text) => text.trim() !== "" && !text.startsWith("\ufeff"));
  fc.assert(
    fc.property(fc.array(anyLine), fc.boolean(), fc.array(fc.nat()), (lines, endsWithNewline, places) => {
      const all = bytes(lines.join("\n") + (endsWithNewline ? "\n" : ""));
      expect(frame(cut(all, places))).toEqual(lines);
    }),
  );
});

test("a line that goes on and on is given up at a bound, and what is in pieces of lines is not", () => {
  const framer = new LineFramer(1024 * 1024);
  for (let n = 0; n < 100; n++) framer.push(bytes(`${"x".repeat(20_000)}\n`));
  const endless = () => {
    for (let n = 0; n < 100; n++) framer.push(bytes("x".repeat(20_000)));
  };
  expect(endless).toThrow("it wrote 1 MiB without a line break");
});
