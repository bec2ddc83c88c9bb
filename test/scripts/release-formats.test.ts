import { describe, expect, test } from "bun:test";
import { checkSignature } from "../../scripts/release/check-signature.ts";
import { parseMachO } from "../../scripts/release/macho.ts";
import { sectionsOf } from "../../scripts/release/pe.ts";
import { signAdHoc } from "../../scripts/release/sign.ts";

// Small files of the formats, made here: what macOS and Windows ask of an executable.

const CODE_SIZE = 0x3010;
const LINKEDIT_AT = 0x3000;

/** The load commands of an executable, with a place for a signature that nothing was written to. */
function unsigned(cpu = 0x0100000c): Uint8Array {
  const bytes = new Uint8Array(CODE_SIZE + 16);
  for (let at = 0x200; at < CODE_SIZE; at++) bytes[at] = at % 251;
  const view = new DataView(bytes.buffer);
  const put = (at: number, ...numbers: number[]) => {
    for (const [n, number] of numbers.entries()) view.setUint32(at + n * 4, number, true);
  };
  put(0, 0xfeedfacf, cpu, 0, 2, 3, 2 * 72 + 16, 0, 0);
  segment(32, "__TEXT", 0, LINKEDIT_AT);
  segment(32 + 72, "__LINKEDIT", LINKEDIT_AT, CODE_SIZE + 16 - LINKEDIT_AT);
  put(32 + 2 * 72, 0x1d, 16, CODE_SIZE, 16);
  return bytes;

  function segment(at: number, name: string, offset: number, size: number): void {
    put(at, 0x19, 72);
    bytes.set(new TextEncoder().encode(name), at + 8);
    view.setBigUint64(at + 40, BigInt(offset), true);
    view.setBigUint64(at + 48, BigInt(size), true);
  }
}

describe("the signature of a Mach-O file", () => {
  test.each([
    { name: "Apple's processors", cpu: 0x0100000c },
    { name: "Intel's", cpu: 0x01000007 },
  ])("is right once it is signed, for $name", ({ cpu }) => {
    const signed = signAdHoc(unsigned(cpu), "a-program");
    expect(checkSignature(signed)).toEqual({ problems: [], identifier: "a-program", pages: 4 });
    // Signing again changes nothing.
    expect(Buffer.compare(signAdHoc(signed, "a-program"), signed)).toBe(0);
    expect(parseMachO(signed).signature?.offset).toBe(CODE_SIZE);
  });

  test("leaves the code as it was, but for the load commands that tell of it", () => {
    const [before, signed] = [unsigned(), signAdHoc(unsigned(), "a-program")];
    expect(Buffer.compare(signed.subarray(0x200, CODE_SIZE), before.subarray(0x200, CODE_SIZE))).toBe(0);
  });

  test("is wrong where there is none", () => {
    expect(checkSignature(unsigned()).problems).toEqual(["the signature has no code directory"]);
  });

  test("is wrong when a byte of the code was changed after it", () => {
    const signed = signAdHoc(unsigned(), "a-program");
    signed[0x1234] = (signed[0x1234] ?? 0) + 1;
    expect(checkSignature(signed).problems).toEqual(["the hashes of 1 pages are others"]);
  });

  test("is wrong when the file goes on behind it", () => {
    const signed = signAdHoc(unsigned(), "a-program");
    const longer = new Uint8Array(signed.length + 1);
    longer.set(signed);
    expect(checkSignature(longer).problems).toContain("the signature does not end where the file ends");
  });

  test("is wrong when code was added that it does not cover, as a build behind the linker's does", () => {
    const signed = signAdHoc(unsigned(), "a-program");
    const view = new DataView(signed.buffer);
    // The limit that the code directory tells: 32 bytes into it, and it stands 20 bytes into the signature.
    view.setUint32(CODE_SIZE + 20 + 32, CODE_SIZE - 0x1000);
    const { problems } = checkSignature(signed);
    expect(problems).toContain(`it covers ${CODE_SIZE - 0x1000} bytes, and ${CODE_SIZE} stand before the signature`);
  });

  test("is looked for in Mach-O files alone", () => {
    expect(() => checkSignature(new Uint8Array(100))).toThrow("not a 64-bit Mach-O file");
    expect(() => checkSignature(unsigned(0x12))).toThrow("neither arm64 nor x86_64");
  });
});

test("the sections of a PE file are told with their place in memory and what they hold", () => {
  const bytes = new Uint8Array(0x300);
  const view = new DataView(bytes.buffer);
  view.setUint32(0x3c, 0x80, true);
  view.setUint16(0x80 + 6, 2, true);
  view.setUint16(0x80 + 20, 16, true);
  const table = 0x80 + 24 + 16;
  for (const [index, name] of [".text", ".bun"].entries()) {
    const entry = table + index * 40;
    bytes.set(new TextEncoder().encode(name), entry);
    view.setUint32(entry + 12, 0x1000 * (index + 1), true);
    view.setUint32(entry + 16, 4, true);
    view.setUint32(entry + 20, 0x200 + index * 4, true);
  }
  bytes.set([1, 2, 3, 4, 5, 6, 7, 8], 0x200);
  expect(sectionsOf(bytes)).toEqual([
    { name: ".text", address: 0x1000, bytes: new Uint8Array([1, 2, 3, 4]) },
    { name: ".bun", address: 0x2000, bytes: new Uint8Array([5, 6, 7, 8]) },
  ]);
});
