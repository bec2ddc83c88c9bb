/** The smallest bytes that the API would take for each kind of image, as base64. */
export const IMAGES = {
  "image/png": base64([0x89, "PNG\r\n", 0x1a, "\n", 0, 0, 0, 13, "IHDR"]),
  "image/jpeg": base64([0xff, 0xd8, 0xff, 0xe0, 0, 16, "JFIF", 0]),
  "image/gif": base64(["GIF89a", 1, 0, 1, 0]),
  "image/webp": base64(["RIFF", 26, 0, 0, 0, "WEBPVP8L"]),
} as const;

export const PDF = base64(["%PDF-1.7\n"]);

export function imageBlock(mediaType: string = "image/png", data: string = IMAGES["image/png"]) {
  return { type: "image", source: { type: "base64", media_type: mediaType, data } };
}

export function documentBlock(source: object = { type: "base64", media_type: "application/pdf", data: PDF }) {
  return { type: "document", source };
}

function base64(parts: readonly (string | number)[]): string {
  const bytes = parts.flatMap((part) => (typeof part === "number" ? [part] : [...Buffer.from(part, "latin1")]));
  return Buffer.from(bytes).toString("base64");
}
