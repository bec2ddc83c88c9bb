import { describe, expect, test } from "bun:test";
import { atOnce, inTurns, Pace } from "../../../src/core/pace.ts";
import { findJsonFault } from "../../../src/server/body/json-fault.ts";
import { measureJson } from "../../../src/server/body/json-structure.ts";
import { parseInPieces } from "../../../src/server/body/parse-pieces.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** Gives way each time it may, and counts. */
class Impatient extends Pace {
  turns = 0;

  override async giveWay(): Promise<void> {
    this.turns++;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

const TEXTS = [
  '{"a":[1,-2.5e3,true,null,"x\\n\\u00e9 \\ud83d\\ude00 é€😀 \\\\\\\\\\""],"b":{"c":{}, "d" : [ ]},"":"","a":"twice"}',
  ' \n[ [1,2,[3,[4]]] , {"__proto__":{"x":[1,2,3]},"constructor":null} , "[,{]}\\"" ] \n',
  '{"__proto__" : "a text that is larger than a piece, [and] {more}", "2":0, "1":0}',
  `"${"\\\\".repeat(50)}${"\\u00e9".repeat(20)}${"é".repeat(20)}" \n \n \n`,
  "[                                                  ]",
  '{"role":"user","content":[{"type":"text","text":"hello"},{"type":"text","text":"world"}]}',
];

describe("a text in pieces of any size is the same as in one", () => {
  for (const text of TEXTS) {
    test(JSON.stringify(text).slice(0, 40), async () => {
      for (let piece = 1; piece < 70; piece++) {
        const parsed = await parseInPieces(encode(text), new Pace(), piece);
        expect(JSON.stringify(parsed)).toBe(JSON.stringify(JSON.parse(text)));
      }
    });
  }

  test("a byte order mark is left out where the text begins, and nowhere else", async () => {
    const list = `[${"1,".repeat(20)}1]`;
    expect(await parseInPieces(encode(`\ufeff${list}`), new Pace(), 4)).toEqual(JSON.parse(list));
    expect(parseInPieces(encode("[1,2,3,4,\ufeff5,6,7]"), new Pace(), 4)).rejects.toThrow();
  });

  test("every cut and every changed character of a text is refused as JSON.parse refuses it", async () => {
    for (const text of TEXTS.slice(0, 3)) {
      for (let at = 0; at < text.length; at++) {
        const changed = '"{}[],: \\'.split("").map((c) => text.slice(0, at) + c + text.slice(at + 1));
        for (const broken of [text.slice(0, at), ...changed]) {
          const isJson = (read: Promise<unknown>) => read.then(JSON.stringify, () => "no JSON");
          const whole = isJson(Promise.try(() => JSON.parse(new TextDecoder().decode(encode(broken)))));
          expect(`${broken} ${await isJson(parseInPieces(encode(broken), new Pace(), 9))}`).toBe(
            `${broken} ${await whole}`,
          );
        }
      }
    }
  });
});

test("bytes that are no UTF-8 are refused, wherever they are", async () => {
  const bytes = encode(JSON.stringify(["a".repeat(100), "b".repeat(100), ["c".repeat(100)]]));
  for (const at of [5, 105, 210]) {
    const broken = bytes.slice();
    broken[at] = 0xff;
    expect(parseInPieces(broken, new Pace(), 10)).rejects.toThrow();
  }
});

test("others have their turn for every piece, and every stretch that is measured", async () => {
  const message = '{"role":"user","content":"hello"}';
  const bytes = encode(`{"messages":[${Array.from({ length: 1000 }, () => message).join(",")}]}`);
  let others = 0;
  let timer = setImmediate(function other() {
    others++;
    timer = setImmediate(other);
  });
  const pace = new Impatient();
  await parseInPieces(bytes, pace, 500);
  clearImmediate(timer);
  expect(pace.turns).toBeGreaterThanOrEqual(bytes.length / 1000);
  expect(others).toBeGreaterThan(0);
  const large = new Impatient();
  const size = await inTurns(measureJson(encode(`[${"0,".repeat(2_000_000)}0]`), 10), large);
  expect(size).toEqual({ depth: 1, values: 2_000_002 });
  expect(large.turns).toBe(3);
  const fault = new Impatient();
  const broken = `[${"0,".repeat(5000)}x]`;
  expect(await inTurns(findJsonFault(broken), fault)).toEqual(atOnce(findJsonFault(broken)));
  expect(fault.turns).toBe(10);
});

test("a long string is read in parts, too, with turns for others", async () => {
  const pace = new Impatient();
  const text = 'Words " and \\ more. é '.repeat(1000);
  expect(await parseInPieces(encode(JSON.stringify({ text })), pace, 100)).toEqual({ text });
  expect(pace.turns).toBeGreaterThan(50);
});

test("brackets and commas in strings are no structure", () => {
  for (const [text, depth, values] of [
    ['"[{,"', 0, 1],
    ['["\\",[[", 1]', 1, 3],
    [`["${"x".repeat(100)}\\\\", [1, {"a": 2}]]`, 3, 6],
    [`["${"\\\\".repeat(40)}\\"[", 2]`, 1, 3],
    [`["${"x".repeat(23)}\\"[[[", 2]`, 1, 3],
  ] as const) {
    JSON.parse(text);
    expect(atOnce(measureJson(encode(text), 10))).toEqual({ depth, values });
  }
});
