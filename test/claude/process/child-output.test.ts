import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { LineFramer, ReadPace, redacted, StderrTail } from "../../../src/claude/process/child-output.ts";
import { anyCharacter } from "../../support/any-character.ts";

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
    .string({ unit: anyCharacter, maxLength: 20 })
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

/** What a reader is told at each of these times. */
function told(times: readonly number[]): boolean[] {
  const pace = new ReadPace();
  return times.map((time) => pace.isHurried(time));
}

/** Reads that follow each other by so many ms. */
const every = (ms: number, count: number) => Array.from({ length: count }, (_, index) => index * ms);

test("the few lines by which a turn begins or ends make nobody wait, however close they are", () => {
  expect(told(every(0.05, 16))).not.toContain(true);
});

test("pieces that go on to come within a millisecond make the reader wait before each read", () => {
  const waits = told(every(0.05, 40));
  expect(waits.indexOf(true)).toBe(16);
  expect(waits.slice(16)).not.toContain(false);
});

test("a reader that waits already goes on to, although its reads lie further apart then", () => {
  const close = every(0.05, 20);
  const paced = every(2.5, 10).map((time) => time + 3);
  expect(told([...close, ...paced]).slice(20)).not.toContain(false);
});

test("pieces that come slower make nobody wait, and end the waiting at once", () => {
  expect(told(every(5, 100))).not.toContain(true);
  const waits = told([...every(0.05, 20), 20, 40]);
  expect(waits.slice(20)).toEqual([false, false]);
});

const encoded = (text: string) => new TextEncoder().encode(text);

describe("of what a process wrote to stderr", () => {
  test("all is told when it is short, in one line", () => {
    const tail = new StderrTail();
    tail.push(encoded("\n\u001b[31mone\u001b[0m\n"));
    tail.push(encoded("  two\u0007\n"));
    expect(tail.toString()).toBe("one two");
  });

  test("the end is told when it is long", () => {
    const tail = new StderrTail();
    for (let line = 1; line <= 3000; line++) tail.push(encoded(`line ${line}\n`));
    expect(tail.toString()).toEndWith("line 2999 line 3000");
    expect(tail.toString()).toStartWith("… line ");
    expect(tail.toString().length).toBeLessThanOrEqual(1_002);
    expect(tail.toString().length).toBeGreaterThan(900);
  });

  test("no part of a word is told that was cut: it could be a secret's", () => {
    const tail = new StderrTail();
    tail.push(encoded(`TOKEN=${"abcd".repeat(1_100)} end`));
    expect(tail.toString()).toBe("end");
  });

  test("a character stays whole whose encoded come apart", () => {
    const tail = new StderrTail();
    for (const byte of encoded("Grüße 😀")) tail.push(new Uint8Array([byte]));
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
    ["+ exec claude --token hunter2secret -p", "+ exec claude --token … -p"],
    ["claude --api-key abcdef123456", "claude --api-key …"],
    ["claude --api-key 'abc def' x", "claude --api-key … x"],
    ["> Cookie: session=abc; theme=dark < HTTP", "> Cookie: … < HTTP"],
    ["Set-Cookie: sid=abc", "Set-Cookie: …"],
    ["curl -u bob:hunter2 localhost", "curl -u … localhost"],
    ["curl --user=bob:hunter2", "curl --user=…"],
    ["Authorization: Token abc123", "Authorization: …"],
    ['{"Authorization":"Token abc123"}', '{"Authorization":"…"}'],
    ["X-Auth: abc", "X-Auth: …"],
    ["X-Session-Id: abc", "X-Session-Id: …"],
    ["GET /callback?code=abc&state=def HTTP", "GET /callback?code=…&state=… HTTP"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nend", "… end"],
    ["-----BEGIN PRIVATE KEY-----\nMIIE\nabc", "…"],
    ["with wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY in it", "with … in it"],
    ['{"accessToken":"abc\\"def","x":1}', '{"accessToken":…,"x":1}'],
    ['body {\\"refreshToken\\":\\"abc\\",\\"x\\":1}', 'body {\\"refreshToken\\":…,\\"x\\":1}'],
    ["blob QWxhZGRpbjpvcGVuIHNlc2FtZQ1QWxhZGRpbg== end", "blob … end"],
  ])("%j", (said, told) => expect(redacted(said)).toBe(told));

  test.each([
    "/home/jane/.local/share/claude/versions/2.1.332/node_modules_of_a_long_name_1234567890/claude: not found",
    "Error: claude native binary not installed.",
    "exec: node: not found",
    "the key is missing",
  ])("but nothing of %j", (said) => expect(redacted(said)).toBe(said));
});
