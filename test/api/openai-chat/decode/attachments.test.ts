import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ContentBlock } from "../../../../src/core/request.ts";
import { paddedTo } from "../../../support/images.ts";
import { GIF, JPEG, PNG, WEBP } from "../../../support/media.ts";
import { type DecodeOptions, decode, refusalOf } from "../decode-body.ts";

const image = (url: string) => ({ type: "image_url", image_url: { url } });
const file = (fields: object) => ({ type: "file", file: fields });
const base64 = (content: string | Uint8Array) => Buffer.from(content).toString("base64");

const asking = (...content: object[]) => ({ messages: [{ role: "user", content }] });
const blocksOf = (...content: object[]): readonly ContentBlock[] =>
  decode(asking(...content)).request.turns[0]?.content ?? [];
const textFile = (text: string, title?: string) => ({
  type: "document",
  ...(title === undefined ? {} : { title }),
  source: { type: "text", text },
});

describe("an image", () => {
  test.each([
    ["image/png", PNG],
    ["image/jpeg", JPEG],
    ["image/gif", GIF],
    ["image/webp", WEBP],
  ])("is an %s by its content, whatever its label, and of the size that its header tells", (mediaType, data) => {
    for (const label of ["image/png", "image/jpg", "application/octet-stream", "image/png;name=a.png", ""]) {
      const blocks = blocksOf(image(`data:${label};base64,${data}`));
      expect(blocks as object[]).toEqual([{ type: "image", mediaType, data, width: 1, height: 1 }]);
    }
  });

  test("keeps its place between the texts", () => {
    const text = (content: string) => ({ type: "text", text: content });
    const url = `DATA:image/png;BASE64,${PNG}`;
    expect(blocksOf(text("a"), image(url), text("b")).map(({ type }) => type)).toEqual(["text", "image", "text"]);
  });

  test("alone is a question", () => {
    expect(blocksOf(image(`data:image/png;base64,${PNG}`))).toHaveLength(1);
  });

  test("is given on without white space, and padded", () => {
    const [block] = blocksOf(
      image(`data:image/png;base64, ${PNG.slice(0, 4)}\r\n${PNG.slice(4, 9)} ${PNG.slice(9).replaceAll("=", "")}\n`),
    );
    expect(block).toMatchObject({ data: PNG });
  });

  test.each<[string, string, string]>([
    ["by http", "http://example.com/a.png", "must be an https URL, or a data URL"],
    ["by another scheme", "file:///etc/passwd", "must be an https URL, or a data URL"],
    ["by a bare path", "/a.png", "must be an https URL, or a data URL"],
    ["by an https URL that is none", "https://", "must be an https URL, or a data URL"],
    ["by nothing", "", "must be an https URL, or a data URL"],
    ["not as base64", "data:image/png,abc", "without base64"],
    ["as broken base64", "data:image/png;base64,iVBO*w0KGgo=", "not valid base64"],
    ["as half a byte", "data:image/png;base64,iVBOR", "not valid base64"],
    ["as base64 that goes on after its end", "data:image/png;base64,iVBORw0KGgo=AAAA", "not valid base64"],
    ["as no data", "data:image/png;base64,", "is empty"],
    [
      "as the mere beginning of an image",
      "data:image/png;base64,iVBORw0KGgo=",
      "begins like a PNG image, but its header",
    ],
    ["as another kind of image", `data:image/png;base64,${base64("<svg/>")}`, "PNG, JPEG, GIF and WebP"],
  ])("%s is refused", (_, url, words) => {
    const refusal = refusalOf(asking({ type: "text", text: "a" }, image(url)));
    expect(refusal).toMatchObject({ code: "invalid_request", param: "messages[0].content[1].image_url.url" });
    expect(refusal.message).toContain(words);
  });

  test("may have 20 MB, and not a byte more", () => {
    const bytes = Buffer.alloc(20 * 1024 * 1024 + 1);
    bytes.set(Buffer.from(PNG, "base64"));
    const url = (content: Uint8Array) => `data:image/png;base64,${base64(content)}`;
    expect(blocksOf(image(url(bytes.subarray(0, -1))))).toHaveLength(1);
    expect(refusalOf(asking(image(url(bytes)))).message).toContain("larger than 20 MB");
  });
});

test("base64 is given on as it is, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.array(fc.nat(), { maxLength: 3 }), (bytes, breaks) => {
      const data = base64(Buffer.concat([Buffer.from(PNG, "base64"), bytes]));
      const broken = breaks.reduce(
        (text, at) => `${text.slice(0, at % text.length)}\n${text.slice(at % text.length)}`,
        data,
      );
      expect(blocksOf(image(`data:;base64,${broken}`))).toMatchObject([{ data }]);
    }),
  );
});

describe("an image in a tool's result", () => {
  const answering = (url: string) => ({
    messages: [
      { role: "user", content: "a" },
      { role: "assistant", tool_calls: [{ id: "a", function: { name: "f", arguments: "" } }] },
      { role: "tool", tool_call_id: "a", content: [{ type: "text", text: "" }, image(url)] },
    ],
  });
  const ofBytes = (size: number) => base64(paddedTo(size, Buffer.from(PNG, "base64")));
  const MOST = 3.75 * 1024 * 1024;

  const LEFT_OUT = { type: "text", text: "[There was an image or a file here, which cannot be read any more.]" };
  const contentOf = (url: string, images?: DecodeOptions["images"]) => {
    const { request, ignored } = decode(answering(url), images ? { images } : {});
    return { content: request.turns[2]?.content, ignored };
  };

  test("may have 3.75 MB; of one with a byte more the model is told that it is not there", () => {
    expect(contentOf(`data:;base64,${ofBytes(MOST)}`)).toMatchObject({
      content: [{ content: [{ type: "image" }] }],
      ignored: [],
    });
    expect(contentOf(`data:;base64,${ofBytes(MOST + 1)}`)).toMatchObject({
      content: [{ content: [LEFT_OUT] }],
      ignored: ["messages.content.image_url.url"],
    });
  });

  test("is refused by its field when it is larger and the server strict", () => {
    const refusal = refusalOf(answering(`data:;base64,${ofBytes(MOST + 1)}`), { strict: true });
    expect(refusal).toMatchObject({ code: "invalid_request", param: "messages[2].content[1].image_url.url" });
    expect(refusal.message).toContain("larger than 3.75 MB, the most that an image in a tool's result may have");
  });

  test("may have no more when it was fetched", () => {
    const images = new Map([["https://a.example/1", { mediaType: "image/png", base64: ofBytes(MOST + 1) } as const]]);
    expect(contentOf("https://a.example/1", images)).toMatchObject({ content: [{ content: [LEFT_OUT] }] });
  });
});

describe("an image on the web", () => {
  const wanted = (...urls: string[]) => decode(asking(...urls.map(image))).missingImages;

  test("is still to be fetched, each once, and named by the first field that asks for it", () => {
    expect([...wanted("https://a.example/1.png", "HTTPS://b.example/2", "https://a.example/1.png")]).toEqual([
      ["https://a.example/1.png", "messages[0].content[0].image_url.url"],
      ["HTTPS://b.example/2", "messages[0].content[1].image_url.url"],
    ]);
  });

  test("is a block once it was fetched", () => {
    const fetched = new Map([["https://a.example/1.png", { mediaType: "image/gif", base64: GIF } as const]]);
    const { request, missingImages } = decode(asking(image("https://a.example/1.png")), { images: fetched });
    expect(missingImages.size).toBe(0);
    expect(request.turns[0]?.content).toEqual([
      { type: "image", mediaType: "image/gif", data: GIF, width: 1, height: 1 },
    ]);
  });

  test("is refused by its field when it was fetched and its header is broken", () => {
    const fetched = new Map([["https://a.example/1.png", { mediaType: "image/gif", base64: "R0lGODlh" } as const]]);
    const refused = () => decode(asking(image("https://a.example/1.png")), { images: fetched });
    expect(refused).toThrow("'messages[0].content[0].image_url.url' begins like a GIF image, but its header");
  });

  test("is also found in a tool's result", () => {
    const messages = [
      { role: "assistant", tool_calls: [{ id: "a", function: { name: "f", arguments: "" } }] },
      { role: "tool", tool_call_id: "a", content: [image("https://a.example/1.png")] },
    ];
    expect([...decode({ messages }).missingImages.values()]).toEqual(["messages[1].content[0].image_url.url"]);
  });
});

describe("a file", () => {
  test.each<[string, (data: string) => string]>([
    ["bare base64", (data) => data],
    ["a data URL", (data) => `data:application/pdf;base64,${data}`],
  ])("is read from %s: a PDF, an image, a text, by its content", (_, wrap) => {
    const pdf = base64("%PDF-1.7\n\0\xff");
    expect(blocksOf(file({ file_data: wrap(pdf), filename: "a.pdf" }))).toEqual([
      { type: "document", title: "a.pdf", source: { type: "pdf", data: pdf } },
    ]);
    expect(blocksOf(file({ file_data: wrap(PNG), filename: "a.pdf" }))).toEqual([
      { type: "image", mediaType: "image/png", data: PNG, width: 1, height: 1 },
    ]);
    expect(blocksOf(file({ file_data: wrap(base64("Grüße\r\n😀")), filename: "a.md" }))).toMatchObject([
      textFile("Grüße\r\n😀", "a.md"),
    ]);
  });

  test.each([undefined, null, ""])("of the name %j has no title", (filename) => {
    expect(blocksOf(file({ file_data: base64("a"), filename }))).toEqual([
      { type: "document", source: { type: "text", text: "a" } },
    ]);
  });

  test("with its data needs no id", () => {
    expect(blocksOf(file({ file_data: base64("a"), file_id: "file-1" }))).toMatchObject([textFile("a")]);
  });

  test.each<[string, object, string, string]>([
    ["by id alone", { file_id: "file-1" }, "file_id", "There is no file store"],
    ["without data", { filename: "a" }, "file_data", "Missing required parameter"],
    ["of bytes that are no text", { file_data: base64(Uint8Array.of(0xff, 0xfe)) }, "file_data", "PDF, plain text"],
    ["with a NUL", { file_data: base64("a\0b") }, "file_data", "PDF, plain text"],
    ["that is no base64", { file_data: "Hello, world!" }, "file_data", "not valid base64"],
    ["without a byte", { file_data: "data:text/plain;base64," }, "file_data", "is empty"],
    ["of white space", { file_data: base64(" \n") }, "file_data", "without a word"],
  ])("%s is refused", (_, fields, field, words) => {
    const refusal = refusalOf(asking(file(fields)));
    expect(refusal).toMatchObject({ code: "invalid_request", param: `messages[0].content[0].file.${field}` });
    expect(refusal.message).toContain(words);
  });
});
