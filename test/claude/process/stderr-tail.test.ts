import { describe, expect, test } from "bun:test";
import { StderrTail } from "../../../src/claude/process/stderr-tail.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("of what a process wrote to stderr", () => {
  test("all is kept when it is short, without the white space around it", () => {
    const tail = new StderrTail();
    tail.push(bytes("\none\n"));
    tail.push(bytes("two\n"));
    expect(tail.toString()).toBe("one\ntwo");
  });

  test("the end is kept when it is long", () => {
    const tail = new StderrTail();
    for (let line = 1; line <= 3000; line++) tail.push(bytes(`line ${line}\n`));
    expect(tail.toString()).toEndWith("line 2999\nline 3000");
    expect(tail.toString().length).toBeLessThanOrEqual(4000);
    expect(tail.toString().length).toBeGreaterThan(3900);
  });

  test("a character stays whole whose bytes come apart", () => {
    const tail = new StderrTail();
    for (const byte of bytes("Grüße 😀")) tail.push(new Uint8Array([byte]));
    expect(tail.toString()).toBe("Grüße 😀");
  });

  test("nothing is an empty text", () => {
    expect(new StderrTail().toString()).toBe("");
  });
});
