import { crc32, deflateSync } from "node:zlib";
import type { ImageType } from "../../src/core/request.ts";
import { GIF } from "./media.ts";

/** An image of this many pixels that a decoder takes; of a GIF only the canvas is so large, since nothing here encodes one. */
export async function imageOf(type: ImageType, width: number, height: number): Promise<Buffer> {
  const png = pngOf(width, height);
  switch (type) {
    case "image/png":
      return png;
    case "image/jpeg":
      return Buffer.from(await new Bun.Image(png).jpeg({ quality: 50 }).bytes());
    case "image/webp":
      return Buffer.from(await new Bun.Image(png).webp({ quality: 50 }).bytes());
    case "image/gif": {
      const gif = Buffer.from(GIF, "base64");
      gif.writeUInt16LE(width, 6);
      gif.writeUInt16LE(height, 8);
      return gif;
    }
  }
}

/** Grey, of one byte a pixel. */
export function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(8, 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc((width + 1) * height))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** As many bytes, by padding behind its end, where no decoder looks. */
export function paddedTo(size: number, image: Buffer): Buffer {
  return Buffer.concat([image, Buffer.alloc(size - image.length)]);
}
