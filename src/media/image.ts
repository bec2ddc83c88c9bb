import type { ImageType, PixelSize } from "../core/request.ts";

/** What binary content is, told by its first bytes; undefined for everything but the four formats. Not proof that it can be decoded. */
export function imageTypeOf(bytes: Uint8Array): ImageType | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) return "image/gif";
  // A RIFF file names its own kind after its length; AVI and WAV begin alike.
  if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) return "image/webp";
  return undefined;
}

/**
 * The size that an image's header tells; undefined when there is none to be read, or when it has no pixels. The rest of the image
 * may still be broken. Takes time in proportion to the bytes, whatever they are.
 */
export function imageSizeOf(bytes: Uint8Array, type: ImageType): PixelSize | undefined {
  const size = READERS[type](new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
}

const READERS: Readonly<Record<ImageType, (view: DataView) => PixelSize | undefined>> = {
  "image/png": pngSize,
  "image/jpeg": jpegSize,
  "image/gif": gifSize,
  "image/webp": webpSize,
};

function pngSize(view: DataView): PixelSize | undefined {
  if (view.byteLength < 24 || textAt(view, 12) !== "IHDR") return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Of the canvas; the frames lie within it. */
function gifSize(view: DataView): PixelSize | undefined {
  return view.byteLength < 10 ? undefined : { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** The first chunk has it in one of three ways: lossy, lossless, or extended by what stands in further chunks. */
function webpSize(view: DataView): PixelSize | undefined {
  if (view.byteLength < 30) return undefined;
  switch (textAt(view, 12)) {
    case "VP8 ":
      // After the three bytes that begin each key frame; the two highest bits are a scale.
      if (view.getUint8(23) !== 0x9d || view.getUint16(24) !== 0x012a) return undefined;
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case "VP8L": {
      if (view.getUint8(20) !== 0x2f) return undefined;
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case "VP8X":
      return { width: uint24At(view, 24) + 1, height: uint24At(view, 27) + 1 };
    default:
      return undefined;
  }
}

/** What a frame begins with, in each way of coding; among these markers are three of something else. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Markers that stand alone, and the zero that makes 0xff a byte of data. */
const isAlone = (marker: number) => marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
/** The end, or the beginning of the pixels: no frame begins behind them. */
const isLast = (marker: number) => marker === 0xd9 || marker === 0xda;

/** A frame's header comes after any number of segments, which tell their lengths. Between them decoders pass over what is no marker. */
function jpegSize(view: DataView): PixelSize | undefined {
  let at = 2;
  while (at + 9 < view.byteLength) {
    const marker = view.getUint8(at + 1);
    if (view.getUint8(at) !== 0xff || marker === 0xff) at++;
    else if (isAlone(marker)) at += 2;
    else if (isLast(marker)) return undefined;
    else if (isFrame(marker)) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    else at += 2 + Math.max(view.getUint16(at + 2), 2);
  }
  return undefined;
}

function textAt(view: DataView, at: number): string {
  return String.fromCharCode(...Array.from({ length: 4 }, (_, index) => view.getUint8(at + index)));
}

function uint24At(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}
