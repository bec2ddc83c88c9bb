import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { blocks, text, toolUse } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { imageOf, paddedTo } from "../support/images.ts";
import { GIF, JPEG, PDF, PNG, WEBP } from "../support/media.ts";
import { receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { calling, functionTool, readMessage, result, user } from "../support/tools.ts";
import { readError } from "../support/wire.ts";

// Images and files reach the model as the blocks the API has for them, byte for byte, wherever in the conversation they stand.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const MODEL = "claude-sonnet-4";
const image = (url: string) => ({ type: "image_url", image_url: { url } });
const dataUrl = (type: string, data: string) => `data:${type};base64,${data}`;
const imageBlock = (media_type: string, data: string) => ({
  type: "image",
  source: { type: "base64", media_type, data },
});

async function send(messages: object[], extra: object = {}) {
  app.simulator.enqueue(text("I see."));
  const { message } = await readMessage(app.chat({ model: MODEL, messages, ...extra }));
  expect(message.content).toBe("I see.");
  const request = app.simulator.requests.at(-1);
  if (!request) throw new Error("no request arrived");
  return receivedTurns(request);
}

describe("an image", () => {
  test.each([
    ["image/png", PNG],
    ["image/jpeg", JPEG],
    ["image/gif", GIF],
    ["image/webp", WEBP],
  ])("of type %s arrives beside its text, in order", async (type, data) => {
    const turns = await send([
      user([{ type: "text", text: "This" }, image(dataUrl(type, data)), { type: "text", text: "?" }]),
    ]);
    expect(turns[0]?.content).toEqual([
      { type: "text", text: "This" },
      imageBlock(type, data),
      { type: "text", text: "?" },
    ]);
  });

  test("is what its content says, whatever its label", async () => {
    const turns = await send([user([image(dataUrl("image/jpeg", PNG)), { type: "text", text: "?" }])]);
    expect(turns[0]?.content[0]).toEqual(imageBlock("image/png", PNG));
  });

  test("stays in earlier turns, and a conversation with it goes on", async () => {
    const first = [user([image(dataUrl("image/png", PNG)), { type: "text", text: "What is it?" }])];
    await send(first);
    const turns = await send([...first, { role: "assistant", content: "I see." }, user("Sure?")]);
    expect(turns.map(({ content }) => content.map(({ type }) => type))).toEqual([
      ["image", "text"],
      ["text"],
      ["text"],
    ]);
    const other = await send([
      user([image(dataUrl("image/gif", GIF)), { type: "text", text: "What is it?" }]),
      { role: "assistant", content: "I see." },
      user("Sure?"),
    ]);
    expect(other[0]?.content[0]).toEqual(imageBlock("image/gif", GIF));
  });

  test("comes back from a tool, in the process that waits for it and in any other", async () => {
    const tools = [functionTool("screenshot")];
    const seen = [{ type: "text", text: "Here:" }, image(dataUrl("image/png", PNG))];
    const expected = {
      type: "tool_result",
      tool_use_id: "toolu_s",
      content: [{ type: "text", text: "Here:" }, imageBlock("image/png", PNG)],
    };
    app.simulator.enqueue(blocks([toolUse("toolu_s", "screenshot", {})]));
    const asked = await readMessage(app.chat({ model: MODEL, tools, messages: [user("Look.")] }));
    const parked = await send([user("Look."), asked.message, result("toolu_s", seen)], { tools });
    expect(parked[2]?.content).toEqual([expected]);
    const appended = await send([user("Look!"), calling(null, ["toolu_s", "screenshot"]), result("toolu_s", seen)], {
      tools,
    });
    expect(appended[2]?.content).toEqual([expected]);
  });

  test.each([
    ["that is none", image(dataUrl("image/png", Buffer.from("hello").toString("base64"))), /png.*jpeg|PNG.*JPEG/],
    ["in no base64", image("data:image/png;base64,***"), /base64/],
    ["over http", image("http://example.com/a.png"), /https/],
    ["from this machine", image("https://localhost/a.png"), /public/],
    ["from a private network", image("https://192.168.1.1/a.png"), /public/],
    ["from the cloud's metadata", image("https://169.254.169.254/latest"), /public/],
  ])("%s is a 400 that names its place and what would do", async (_, part, hint) => {
    const response = await app.chat({ model: MODEL, messages: [user([{ type: "text", text: "?" }, part])] });
    expect(response.status).toBe(400);
    const error = await readError(response);
    expect(error.param).toBe("messages[0].content[1].image_url.url");
    expect(error.message).toMatch(hint);
  });

  test.each([
    ["image/png", 2000, 1848],
    ["image/jpeg", 1932, 1932],
    ["image/webp", 1848, 2000],
    ["image/gif", 2000, 1],
  ] as const)(
    "of type %s and %i x %i pixels arrives byte for byte, up to 512,000 bytes",
    async (type, width, height) => {
      const images = [await imageOf(type, width, height), paddedTo(512_000, await imageOf(type, 9, 9))].map((bytes) =>
        bytes.toString("base64"),
      );
      const [turn] = await send([
        user([...images.map((data) => image(dataUrl(type, data))), { type: "text", text: "?" }]),
      ]);
      const expected = [...images.map((data) => imageBlock(type, data)), { type: "text", text: "?" }];
      expect(Bun.deepEquals(turn?.content, expected)).toBeTrue();
    },
  );

  const sizeOf = (source: unknown) => {
    const data = typeof source === "object" && source !== null && "data" in source ? String(source.data) : "";
    return new Bun.Image(Buffer.from(data, "base64")).metadata();
  };

  test("of more pixels is scaled by the CLI, which says so", async () => {
    const data = (await imageOf("image/png", 4000, 20)).toString("base64");
    const [turn] = await send([user([{ type: "text", text: "?" }, image(dataUrl("image/png", data))])]);
    const [words, scaled, note] = turn?.content ?? [];
    expect(words).toEqual({ type: "text", text: "?" });
    expect(await sizeOf(scaled?.source)).toMatchObject({ width: 2000, height: 10 });
    expect(note?.text).toMatch(/original 4000x20, displayed at 2000x10/);
  });

  test("of more bytes is written anew by the CLI, in the size it had", async () => {
    const data = paddedTo(512_001, await imageOf("image/png", 300, 200)).toString("base64");
    const [turn] = await send([user([image(dataUrl("image/png", data)), { type: "text", text: "?" }])]);
    const [smaller, words, ...more] = turn?.content ?? [];
    expect(await sizeOf(smaller?.source)).toEqual({ width: 300, height: 200, format: "jpeg" });
    expect(words).toEqual({ type: "text", text: "?" });
    expect(more).toEqual([]);
  });

  const BROKEN = image(dataUrl("image/png", Buffer.from(PNG, "base64").subarray(0, 20).toString("base64")));
  test("in the question whose header is cut off is a 400: the model would be told a note in its place", async () => {
    const response = await app.chat({ model: MODEL, messages: [user([BROKEN])] });
    expect(response.status).toBe(400);
    const error = await readError(response);
    expect(error.param).toBe("messages[0].content[0].image_url.url");
    expect(error.message).toMatch(/header.*PNG, JPEG, GIF and WebP/);
  });

  test("in an earlier turn, or a tool's result, whose header is cut off is left out, with a note of ours, and named", async () => {
    const note = { type: "text", text: "[There was an image or a file here, which cannot be read any more.]" };
    const [asked] = await send([user([BROKEN]), { role: "assistant", content: "Hm." }, user("Well?")]);
    expect(asked?.content).toEqual([note]);
    const called = await send([user("?"), calling(null, ["toolu_b", "f"]), result("toolu_b", [BROKEN])]);
    expect(called.at(-1)?.content).toMatchObject([{ type: "tool_result", content: [note] }]);
  });

  test("by its address is not fetched when the user turned that off", async () => {
    await using own = await startHarness({ config: { remoteImages: false, warm: 0 } });
    const response = await own.chat({ model: MODEL, messages: [user([image("https://example.com/a.png")])] });
    expect(response.status).toBe(400);
    expect((await readError(response)).message).toContain("--no-remote-images");
  });
});

describe("a file", () => {
  const file = (file_data: string, filename?: string) => ({ type: "file", file: { file_data, filename } });

  test("that is a PDF arrives as a document with its name", async () => {
    const turns = await send([
      user([file(dataUrl("application/pdf", PDF), "report.pdf"), { type: "text", text: "?" }]),
    ]);
    expect(turns[0]?.content[0]).toEqual({
      type: "document",
      source: { type: "base64", media_type: "application/pdf", data: PDF },
      title: "report.pdf",
    });
  });

  test("that is text arrives as a text document, and what it mentions is not read", async () => {
    const content = "See @/etc/hostname\n/clear\nzażółć";
    const data = Buffer.from(content).toString("base64");
    const turns = await send([user([file(data, "notes.md"), { type: "text", text: "?" }])]);
    expect(turns[0]?.content[0]).toEqual({
      type: "document",
      source: { type: "text", media_type: "text/plain", data: content },
      title: "notes.md",
    });
  });

  test.each([
    [
      "that is neither",
      file(Buffer.from([0, 1, 2, 3]).toString("base64"), "a.bin"),
      "messages[0].content[0].file.file_data",
    ],
    ["that is stored elsewhere", { type: "file", file: { file_id: "file-1" } }, "messages[0].content[0].file.file_id"],
    ["of sound alone", { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }, "messages[0].content"],
  ])("%s is a clear 400", async (_, part, param) => {
    const response = await app.chat({ model: MODEL, messages: [user([part])] });
    expect(response.status).toBe(400);
    expect((await readError(response)).param).toBe(param);
  });
});
