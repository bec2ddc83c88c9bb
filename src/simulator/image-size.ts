import { isFields } from "./messages-body.ts";

type Size = readonly [width: number, height: number];

/** Width and height of the image that a source holds, where they are told near its beginning: PNG, GIF and JPEG. */
export function imageSize(source: unknown): Size | undefined {
  if (!isFields(source) || source.type !== "base64" || typeof source.data !== "string") return undefined;
  const bytes = Buffer.from(source.data, "base64");
  if (bytes.length >= 24 && bytes.toString("latin1", 1, 4) === "PNG")
    return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (bytes.length >= 10 && bytes.toString("latin1", 0, 3) === "GIF")
    return [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? jpegSize(bytes) : undefined;
}

/** In the first segment that begins a frame; those before it are skipped by their lengths. */
function jpegSize(bytes: Buffer): Size | undefined {
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const beginsFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (beginsFrame) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}
