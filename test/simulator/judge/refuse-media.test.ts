import { documentBlock, IMAGES, imageBlock, PDF } from "../media.ts";
import { testAccepted, testRefused, turns } from "./verdict.ts";

const image = (mediaType: string, data: string) => turns([imageBlock(mediaType, data)]);
const imageFrom = (source: unknown) => turns([{ type: "image", source }]);
const pdf = (changes: object) =>
  turns([documentBlock({ type: "base64", media_type: "application/pdf", data: PDF, ...changes })]);
const document = (source: object, changes: object = {}) => turns([{ ...documentBlock(source), ...changes }]);
const plainText = (data: unknown) => document({ type: "text", media_type: "text/plain", data });
const IMAGE = "messages.0.content.0.image.source";
const DOCUMENT = "messages.0.content.0.document.source";
const LIMIT = 10 * 1024 * 1024;
/** A PNG whose base64 has this many characters. */
const pngOf = (length: number) => IMAGES["image/png"].slice(0, 16).padEnd(length, "A");

testAccepted([
  ...Object.entries(IMAGES).map(([type, data]) => [`an ${type}`, image(type, data)] as const),
  ["an older GIF", image("image/gif", Buffer.from("GIF87a").toString("base64"))],
  ["an image from an https address", imageFrom({ type: "url", url: "https://example.com/a.png" })],
  ["an image of exactly 10 MB of base64", image("image/png", pngOf(LIMIT))],
]);

testRefused([
  ["an image without a source", imageFrom(undefined), `${IMAGE}: Field required`],
  ["a source that is no object", imageFrom(PDF), `${IMAGE}: Input should be an object`],
  [
    "an image source of another type",
    imageFrom({ type: "path", path: "x" }),
    `${IMAGE}: Input tag 'path' found using 'type' does not match any of the expected tags: 'base64', 'url', 'file'`,
  ],
  [
    "an image without a media type",
    imageFrom({ type: "base64", data: PDF }),
    `${IMAGE}.base64.media_type: Field required`,
  ],
  [
    "an image of another kind",
    image("image/bmp", IMAGES["image/png"]),
    `${IMAGE}.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`,
  ],
  [
    "an image without data",
    imageFrom({ type: "base64", media_type: "image/png" }),
    `${IMAGE}.base64.data: Field required`,
  ],
  ["an empty image", image("image/png", ""), `${IMAGE}.base64: image cannot be empty`],
  [
    "a data URL in place of base64",
    image("image/png", `data:image/png;base64,${IMAGES["image/png"]}`),
    `${IMAGE}.base64.data: Invalid base64 data`,
  ],
  [
    "base64 that is cut off",
    image("image/png", IMAGES["image/png"].slice(0, -1)),
    `${IMAGE}.base64.data: Invalid base64 data`,
  ],
  [
    "an image that is of another kind than it says",
    image("image/png", IMAGES["image/jpeg"]),
    `${IMAGE}.base64.data: The image was specified using the image/png media type, but the image appears to be a image/jpeg image`,
  ],
  ["an image that is none", image("image/png", PDF), "Could not process image"],
  [
    "an image of more than 10 MB of base64",
    image("image/png", pngOf(LIMIT + 4)),
    `${IMAGE}.base64: image exceeds 10 MB maximum: ${LIMIT + 4} bytes > ${LIMIT} bytes`,
  ],
  [
    "an image from an http address",
    imageFrom({ type: "url", url: "http://example.com/a.png" }),
    `${IMAGE}.url.url: Only HTTPS URLs are supported.`,
  ],
  [
    "an image from no address",
    imageFrom({ type: "url", url: "a.png" }),
    `${IMAGE}.url.url: Input should be a valid URL`,
  ],
  ["an image address that is missing", imageFrom({ type: "url" }), `${IMAGE}.url.url: Field required`],
]);

testAccepted([
  ["a PDF", pdf({})],
  ["a PDF with a title", document({ type: "base64", media_type: "application/pdf", data: PDF }, { title: "Report" })],
  ["a PDF from an https address", document({ type: "url", url: "https://example.com/a.pdf" })],
  ["a plain text", plainText("Hello")],
  [
    "a document of text and images",
    document({ type: "content", content: [{ type: "text", text: "Hello" }, imageBlock()] }),
  ],
  ["a document whose content is a string", document({ type: "content", content: "Hello" })],
]);

testRefused([
  [
    "a base64 document of another kind",
    pdf({ media_type: "text/plain" }),
    `${DOCUMENT}.base64.media_type: Input should be 'application/pdf'`,
  ],
  ["a document without a media type", pdf({ media_type: undefined }), `${DOCUMENT}.base64.media_type: Field required`],
  [
    "a PDF that is none",
    pdf({ data: IMAGES["image/png"] }),
    `${DOCUMENT}.base64.data: The PDF specified was not valid.`,
  ],
  ["a PDF that is no base64", pdf({ data: "%PDF" }), `${DOCUMENT}.base64.data: Invalid base64 data`],
  ["an empty PDF", pdf({ data: "" }), `${DOCUMENT}.base64.data: PDF cannot be empty`],
  ["an empty plain text", plainText(""), `${DOCUMENT}.text.data: String should have at least 1 character`],
  ["a plain text that is none", plainText(7), `${DOCUMENT}.text.data: Input should be a valid string`],
  [
    "a plain text of another kind",
    document({ type: "text", media_type: "text/csv", data: "a,b" }),
    `${DOCUMENT}.text.media_type: Input should be 'text/plain'`,
  ],
  [
    "a document within a document",
    document({ type: "content", content: [documentBlock()] }),
    `${DOCUMENT}.content.content.0: Input tag 'document' found using 'type' does not match any of the expected tags: 'text', 'image'`,
  ],
  [
    "a broken image within a document",
    document({ type: "content", content: [{ type: "image" }] }),
    `${DOCUMENT}.content.content.0.image.source: Field required`,
  ],
  [
    "a title that is no string",
    document({ type: "text", media_type: "text/plain", data: "Hello" }, { title: 7 }),
    "messages.0.content.0.document.title: Input should be a valid string",
  ],
]);
