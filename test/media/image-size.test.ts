import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { IMAGE_TYPES, type ImageType } from "../../src/core/request.ts";
import { imageSizeOf } from "../../src/media/image.ts";
import { imageOf } from "../support/images.ts";
import { GIF, JPEG, PNG, WEBP } from "../support/media.ts";

const bytes = (base64: string) => Buffer.from(base64, "base64");
const latin1 = (text: string) => Buffer.from(text, "latin1");
const SMALLEST: Readonly<Record<ImageType, Buffer>> = {
  "image/png": bytes(PNG),
  "image/jpeg": bytes(JPEG),
  "image/gif": bytes(GIF),
  "image/webp": bytes(WEBP),
};

describe.each(IMAGE_TYPES)("of an %s", (type) => {
  test.each([
    [1, 1],
    [300, 200],
    [2, 4000],
    [4000, 2],
  ])("the size is read: %i x %i", async (width, height) => {
    expect(imageSizeOf(await imageOf(type, width, height), type)).toEqual({ width, height });
  });

  test("that is cut off before its size there is none, wherever it is cut, and whatever lies behind it in memory", async () => {
    const whole = await imageOf(type, 300, 200);
    const sizes = Array.from({ length: whole.length + 1 }, (_, end) => imageSizeOf(whole.subarray(0, end), type));
    const first = sizes.findIndex((size) => size !== undefined);
    expect(first).toBeGreaterThan(9);
    expect(sizes.slice(first)).toEqual(Array(sizes.length - first).fill({ width: 300, height: 200 }));
  });

  test("no bytes make it throw", () => {
    const head = SMALLEST[type];
    const anything = fc.tuple(fc.nat(head.length), fc.uint8Array({ maxLength: 200 }));
    fc.assert(
      fc.property(anything, ([kept, rest]) => {
        const size = imageSizeOf(Buffer.concat([head.subarray(0, kept), rest]), type);
        if (size) expect(Math.min(size.width, size.height)).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe("of a JPEG the size stands", () => {
  const frame = (marker: number) => [0xff, marker, 0, 11, 8, 0, 50, 0, 60, 1, 0, 0, 0];
  const jpeg = (...parts: number[][]) => Uint8Array.from([0xff, 0xd8, ...parts.flat()]);
  const sizeOf = (...parts: number[][]) => imageSizeOf(jpeg(...parts), "image/jpeg");
  const FOUND = { width: 60, height: 50 };
  const APP = [0xff, 0xe1, 0, 6, 0xff, 0xc0, 0, 17];

  test.each([0xc0, 0xc1, 0xc2, 0xc3, 0xc9, 0xcf])("in a frame of the kind %x", (marker) => {
    expect(sizeOf(APP, frame(marker))).toEqual(FOUND);
  });

  test.each([0xc4, 0xc8, 0xcc])("not in a segment %x, which is no frame", (marker) => {
    expect(sizeOf(frame(marker), frame(0xc0))).toEqual(FOUND);
    expect(sizeOf(frame(marker))).toBeUndefined();
  });

  test("behind bytes that fill up, and markers that stand alone", () => {
    expect(sizeOf([0xff, 0xff], APP, [0xff, 0xff, 0xff], [0xff, 0xd0], [0x12], frame(0xc0))).toEqual(FOUND);
  });

  test("not behind the beginning of the pixels, or the end", () => {
    expect(sizeOf([0xff, 0xda, 0, 2], frame(0xc0))).toBeUndefined();
    expect(sizeOf([0xff, 0xd9], frame(0xc0))).toBeUndefined();
  });

  test("not in a segment that goes beyond the file", () => {
    expect(sizeOf([0xff, 0xe1, 0xff, 0xff], frame(0xc0))).toBeUndefined();
  });
});

describe("of a WebP the size is read", () => {
  const webp = (chunk: string, content: number[]) =>
    imageSizeOf(Buffer.concat([latin1("RIFF\0\0\0\0WEBP"), latin1(chunk), Buffer.from(content)]), "image/webp");

  test("from the canvas of an extended one", () => {
    expect(webp("VP8X", [10, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0x01, 0x02, 0x01, 0])).toEqual({
      width: 0x1ffff + 1,
      height: 0x102 + 1,
    });
  });

  test("from a lossy one, without its scale", () => {
    const content = [10, 0, 0, 0, 0, 0, 0, 0x9d, 0x01, 0x2a, 60, 0x40, 50, 0x80];
    expect(webp("VP8 ", content)).toEqual({ width: 60, height: 50 });
    expect(webp("VP8 ", content.with(7, 0))).toBeUndefined();
  });

  test("from a lossless one, and from no other chunk", () => {
    expect(imageSizeOf(bytes(WEBP), "image/webp")).toEqual({ width: 1, height: 1 });
    expect(webp("VP8L", Array(14).fill(0))).toBeUndefined();
    expect(webp("ALPH", Array(14).fill(1))).toBeUndefined();
  });
});

test("an image without pixels has no size", async () => {
  for (const type of ["image/png", "image/gif"] as const) {
    const image = await imageOf(type, 5, 5);
    image.fill(0, type === "image/png" ? 16 : 6, type === "image/png" ? 20 : 8);
    expect(imageSizeOf(image, type)).toBeUndefined();
  }
});

test("what is no PNG behind its first bytes has no size", () => {
  expect(imageSizeOf(latin1("\x89PNG\r\n\x1a\n\0\0\0\rJHDR\0\0\0\x01\0\0\0\x01"), "image/png")).toBeUndefined();
});
