import { describe, expect, test } from "bun:test";
import { StderrTail, tellable } from "../../../src/claude/process/stderr-tail.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("of what a process wrote to stderr", () => {
  test("all is told when it is short, in one line", () => {
    const tail = new StderrTail();
    tail.push(bytes("\n\u001b[31mone\u001b[0m\n"));
    tail.push(bytes("  two\u0007\n"));
    expect(tail.toString()).toBe("one two");
  });

  test("the end is told when it is long", () => {
    const tail = new StderrTail();
    for (let line = 1; line <= 3000; line++) tail.push(bytes(`line ${line}\n`));
    expect(tail.toString()).toEndWith("line 2999 line 3000");
    expect(tail.toString()).toStartWith("… line ");
    expect(tail.toString().length).toBeLessThanOrEqual(1_002);
    expect(tail.toString().length).toBeGreaterThan(900);
  });

  test("no part of a word is told that was cut: it could be a secret's", () => {
    const tail = new StderrTail();
    tail.push(bytes(`TOKEN=${"abcd".repeat(1_100)} end`));
    expect(tail.toString()).toBe("end");
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

describe("what could be a secret is left out:", () => {
  test.each([
    ["using sk-ant-oat01-AbC_d-123456789 now", "using sk-… now"],
    ["Authorization: Bearer abc.def.ghi, next", "Authorization: Bearer …, next"],
    ["export CLAUDE_CODE_OAUTH_TOKEN=abc123; go", "export CLAUDE_CODE_OAUTH_TOKEN=…; go"],
    ['{"api_key": "a b c", "x": 1}', '{"api_key": …, "x": 1}'],
    ["client-secret: hunter2", "client-secret: …"],
    ["via http://jane:pass@proxy.example:8080/", "via http://…@proxy.example:8080/"],
    ["digest 0123456789abcdef0123456789abcdef.", "digest …."],
    ["blob QWxhZGRpbjpvcGVuIHNlc2FtZQ1QWxhZGRpbg== end", "blob … end"],
  ])("%s", (said, told) => expect(tellable(said)).toBe(told));

  test.each([
    "/home/jane/.local/share/claude/versions/2.1.332/node_modules_of_a_long_name_1234567890/claude: not found",
    "Error: claude native binary not installed.",
    "exec: node: not found",
    "the key is missing",
  ])("but nothing of %s", (said) => expect(tellable(said)).toBe(said));
});
