import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { readJsonBody } from "../../../src/server/body/read-body.ts";
import { MAX_BODY_BYTES } from "../../../src/server/limits.ts";
import { errorOf, head, sendRaw, startServer } from "../harness.ts";

const server = startServer();
const { port, spent } = server;
afterAll(() => server.stop(0));
afterEach(() => spent.splice(0));

const bytesOf = async (body: Uint8Array, ...headers: string[]) => {
  const lines = ["POST /v1/spend HTTP/1.1", "Host: localhost", `Content-Length: ${body.length}`, ...headers];
  return await sendRaw(port, Buffer.concat([Buffer.from(head(...lines)), body]));
};
const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();

describe("character sets", () => {
  const text = '{"a":"grüß €"}';
  const latin = '{"a":"grüß"}';
  test.each<[name: string, type: string, bytes: Uint8Array, expected: string]>([
    ["UTF-16 as its name has it", "application/json; charset=utf-16", Buffer.from(text, "utf16le"), "grüß €"],
    ["UTF-16 the other way round", "application/json; charset=utf-16be", utf16be(text), "grüß €"],
    ["a mark of UTF-16 alone", "application/json", Buffer.from(`\ufeff${text}`, "utf16le"), "grüß €"],
    ["a mark against the name", "application/json; charset=utf-16", utf16be(`\ufeff${text}`), "grüß €"],
    ["a mark of UTF-8", "application/json; charset=iso-8859-1", Buffer.from(`\ufeff${text}`), "grüß €"],
    ["ISO-8859-1", 'application/json; charset="ISO-8859-1"', Buffer.from(latin, "latin1"), "grüß"],
    ["UTF-8 with another dash", "application/json; charset=UTF_8", Buffer.from(text), "grüß €"],
    ["latin1", "text/plain; charset=latin1", Buffer.from(latin, "latin1"), "grüß"],
  ])("%s", async (_, type, bytes, expected) => {
    expect((await bytesOf(bytes, `Content-Type: ${type}`)).status).toBe(200);
    expect(spent).toEqual([{ a: expected }]);
  });

  test("half a character is a 400", async () => {
    const response = await bytesOf(Buffer.from("{}x", "latin1"), "Content-Type: application/json; charset=utf-16");
    expect(response.status).toBe(400);
    expect(errorOf(response).message).toContain("not valid utf-16le");
  });
});

describe("compressed bodies", () => {
  const text = JSON.stringify({ text: "x".repeat(200_000) });
  const pack = {
    gzip: gzipSync,
    "x-gzip": gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
    zstd: zstdCompressSync,
    ZSTD: zstdCompressSync,
    identity: Buffer.from,
    "utf-8": Buffer.from,
    "identity, gzip": gzipSync,
    "gzip, zstd": (bytes: Uint8Array) => zstdCompressSync(gzipSync(bytes)),
    "br,deflate,gzip": (bytes: Uint8Array) => gzipSync(deflateSync(brotliCompressSync(bytes))),
  };
  const packed = (coding: string, bytes: Uint8Array) =>
    bytesOf(bytes, "Content-Type: application/json", `Content-Encoding: ${coding}`);

  test.each(Object.entries(pack))("%s", async (coding, compress) => {
    expect((await packed(coding, compress(Buffer.from(text)))).status).toBe(200);
    expect(spent).toEqual([JSON.parse(text)]);
  });

  test("deflate as some write it, without zlib's frame", async () => {
    expect((await packed("deflate", deflateRawSync(Buffer.from(text)))).status).toBe(200);
  });

  test("in chunks, the first of one byte, and in another character set", async () => {
    const bytes = deflateSync(Buffer.from('{"a":"ü"}', "utf16le"));
    const chunks = [bytes.subarray(0, 1), bytes.subarray(1)].flatMap((part) => [
      Buffer.from(`${part.length.toString(16)}\r\n`),
      part,
      Buffer.from("\r\n"),
    ]);
    const start = head(
      "POST /v1/spend HTTP/1.1",
      "Host: localhost",
      "Content-Type: application/json; charset=utf-16",
      "Content-Encoding: deflate",
      "Transfer-Encoding: chunked",
    );
    const response = await sendRaw(port, Buffer.concat([Buffer.from(start), ...chunks, Buffer.from("0\r\n\r\n")]));
    expect(response.status).toBe(200);
    expect(spent).toEqual([{ a: "ü" }]);
  });

  test.each(["gzip", "deflate", "br", "zstd"] as const)("%s that is none, or breaks off, is a 400", async (coding) => {
    const whole = pack[coding](Buffer.from(text));
    for (const bytes of [Buffer.from("{}"), whole.subarray(0, whole.length - 8)]) {
      const response = await packed(coding, bytes);
      expect(response.status).toBe(400);
      expect(errorOf(response).message).toContain("The request body is not");
    }
    expect(spent).toEqual([]);
  });

  test.each(["compress", "gzip, compress", "gzip;q=1", "gzip,gzip,gzip,gzip"])(
    "%s is a 415 that says what is taken",
    async (coding) => {
      const response = await packed(coding, gzipSync("{}"));
      expect(response.status).toBe(415);
      expect(errorOf(response).message).toMatch(/zstd, br, gzip, deflate|at most 3/);
    },
  );

  const zeros = Buffer.alloc(MAX_BODY_BYTES / 8 + 1);
  // Both forms may be written one behind the other: 8 GiB unpacked.
  const many = (bytes: Uint8Array) => Buffer.concat(Array<Uint8Array>(1024).fill(bytes));
  const bomb = many(gzipSync(zeros));
  const grown = async (work: () => Promise<unknown>) => {
    const before = process.memoryUsage.rss();
    await work();
    return process.memoryUsage.rss() - before;
  };

  test("a bomb is a 413", async () => {
    const unpacking = grown(async () => {
      const response = await packed("gzip", bomb);
      expect(response.status).toBe(413);
      expect(errorOf(response).code).toBe("request_too_large");
    });
    expect(await unpacking).toBeLessThan(8 * MAX_BODY_BYTES);
  });

  // The same of every coding, with a limit that is reached at once.
  const LIMIT = 1024 * 1024;
  const read = (coding: string, body: Uint8Array<ArrayBuffer>) =>
    readJsonBody(
      new Request("http://localhost/", { method: "POST", headers: { "content-encoding": coding }, body }),
      undefined,
      LIMIT,
    );
  const TOO_LARGE = expect.objectContaining({ code: "request_too_large" });

  test.each([
    ["gzip", bomb],
    ["zstd", many(zstdCompressSync(zeros))],
    ["br", brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 0 } })],
    ["gzip, gzip", gzipSync(bomb)],
    ["gzip, zstd, gzip", gzipSync(zstdCompressSync(bomb))],
  ])("a bomb in %s is too large, and is not unpacked to its end", async (coding, bytes) => {
    const unpacking = grown(async () => {
      await expect(read(coding, Buffer.from(bytes))).rejects.toEqual(TOO_LARGE);
    });
    expect(await unpacking).toBeLessThan(8 * MAX_BODY_BYTES);
  });

  test("what is large packed and nothing unpacked is too large as well", async () => {
    // Nothing but empty blocks.
    const blocks = Buffer.alloc(LIMIT * 2, Buffer.from([0, 0, 0, 0xff, 0xff]));
    const empty = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0]), blocks]);
    await expect(read("gzip, gzip", gzipSync(empty))).rejects.toEqual(TOO_LARGE);
  });
});
