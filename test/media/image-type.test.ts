import { describe, expect, test } from "bun:test";
import { imageTypeOf } from "../../src/media/image.ts";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe("an image is told by its first bytes", () => {
  test.each([
    ["image/png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"],
    ["image/jpeg", "\xff\xd8\xff\xe0\0\x10JFIF"],
    ["image/jpeg", "\xff\xd8\xff\xe1\0\x10Exif"],
    ["image/gif", "GIF87a\x01\0\x01\0"],
    ["image/gif", "GIF89a\x01\0\x01\0"],
    ["image/webp", "RIFF\x24\0\0\0WEBPVP8 "],
    ["image/webp", "RIFF\xff\xff\xff\xffWEBPVP8X"],
  ] as const)("%s: %j", (type, content) => expect(imageTypeOf(bytes(content))).toBe(type));
});

describe("everything else is no image", () => {
  test.each([
    "",
    "\x89",
    "\x89PNG",
    "\x89PNG\n\n\x1a\n",
    "PNG\r\n\x1a\n",
    "\xff\xd8",
    "GIF88a",
    "gif89a",
    "RIFF\x24\0\0\0",
    "RIFF\x24\0\0\0WEB",
    "RIFF\x24\0\0\0WAVEfmt ",
    "RIFX\x24\0\0\0WEBP",
    "WEBP",
    " \x89PNG\r\n\x1a\n",
    "<!doctype html>",
    "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "%PDF-1.7",
    "BM6\0\0\0",
    "\0\0\0 ftypavif",
    "II*\0",
    "\x1f\x8b\x08",
  ])("%j", (content) => expect(imageTypeOf(bytes(content))).toBeUndefined());
});

test("only the bytes of the view count, not those of the buffer around it", () => {
  const whole = bytes("xxGIF89a");
  expect(imageTypeOf(whole)).toBeUndefined();
  expect(imageTypeOf(whole.subarray(2))).toBe("image/gif");
  expect(imageTypeOf(whole.subarray(2, 7))).toBeUndefined();
});
