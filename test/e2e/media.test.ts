import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { imageOf, paddedTo } from "../support/images.ts";
import { GIF, JPEG, PDF, PNG, WEBP } from "../support/media.ts";
import { receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { calling, readMessage, result, user } from "../support/tools.ts";
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

const file = (file_data: string, filename?: string) => ({ type: "file", file: { file_data, filename } });
const words = (said: string) => ({ type: "text", text: said });
const shown = (type: string, data: string) => image(dataUrl(type, data));
const BROKEN = shown("image/png", Buffer.from(PNG, "base64").subarray(0, 20).toString("base64"));

describe("in one question, in order, and byte for byte, arrives", async () => {
  const mentioning = "See @/etc/hostname\n/clear\nzażółć";
  /** What is sent, and what the API gets for it. */
  const PARTS: Record<string, [sent: object, received: object]> = {
    "a text before": [words("This"), words("This")],
    "an image whose label says otherwise": [shown("image/jpeg", PNG), imageBlock("image/png", PNG)],
    "a text between": [words("and"), words("and")],
    "a PDF, with its name": [
      file(dataUrl("application/pdf", PDF), "report.pdf"),
      {
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: PDF },
        title: "report.pdf",
      },
    ],
    "a text file, and what it mentions is not read": [
      file(Buffer.from(mentioning).toString("base64"), "notes.md"),
      {
        type: "document",
        source: { type: "text", media_type: "text/plain", data: mentioning },
        title: "notes.md",
      },
    ],
  };
  for (const [type, small, width, height] of [
    ["image/png", PNG, 2000, 1848],
    ["image/jpeg", JPEG, 1932, 1932],
    ["image/webp", WEBP, 1848, 2000],
    ["image/gif", GIF, 2000, 1],
  ] as const) {
    const [wide, heavy] = [await imageOf(type, width, height), paddedTo(512_000, await imageOf(type, 9, 9))];
    for (const [name, data] of [
      [`an image of type ${type}`, small],
      [`an image of type ${type} of ${width} x ${height} pixels`, wide.toString("base64")],
      [`an image of type ${type} of 512,000 bytes`, heavy.toString("base64")],
    ] as const)
      PARTS[name] = [shown(type, data), imageBlock(type, data)];
  }
  PARTS["a text behind"] = [words("?"), words("?")];

  const question = user(Object.values(PARTS).map(([sent]) => sent));
  let received: readonly object[];
  beforeAll(async () => {
    const [turn, ...more] = await send([question]);
    expect(more).toEqual([]);
    received = turn?.content ?? [];
    expect(received).toHaveLength(Object.keys(PARTS).length);
  });

  test.each(Object.keys(PARTS).map((name, index) => [name, index] as const))("%s", (name, index) => {
    // Compared first as a whole: a difference of megabytes is no help to anyone.
    const expected = PARTS[name]?.[1];
    const isSame = Bun.deepEquals(received[index], expected);
    if (!isSame) expect(JSON.stringify(received[index]).slice(0, 200)).toBe(JSON.stringify(expected).slice(0, 200));
    expect(isSame).toBeTrue();
  });

  const sizeOf = (source: unknown) => {
    const data = typeof source === "object" && source !== null && "data" in source ? String(source.data) : "";
    return new Bun.Image(Buffer.from(data, "base64")).metadata();
  };

  test("and in the next of the conversation an image of more pixels, scaled by the CLI, which says so, and one of more bytes, written anew in the size it had", async () => {
    const wide = (await imageOf("image/png", 4000, 20)).toString("base64");
    const heavy = paddedTo(512_001, await imageOf("image/png", 300, 200)).toString("base64");
    const parts = [words("?"), shown("image/png", wide), shown("image/png", heavy)];
    const [first, , next] = await send([question, { role: "assistant", content: "I see." }, user(parts)]);
    expect(Bun.deepEquals(first?.content, received)).toBeTrue();
    const images = next?.content.filter(({ type }) => type === "image") ?? [];
    expect(await sizeOf(images[0]?.source)).toMatchObject({ width: 2000, height: 10 });
    expect(await sizeOf(images[1]?.source)).toEqual({ width: 300, height: 200, format: "jpeg" });
    const [said, note, ...more] = next?.content.filter(({ type }) => type !== "image") ?? [];
    expect(said).toEqual(words("?"));
    expect(note?.text).toMatch(/original 4000x20, displayed at 2000x10/);
    expect(more).toEqual([]);
  });
});

test("an image stays in an earlier turn, and in a tool's result there, where one whose header is cut off is left out, with a note of ours", async () => {
  const note = words("[There was an image or a file here, which cannot be read any more.]");
  const turns = await send([
    user([shown("image/gif", GIF), words("What is it?"), BROKEN]),
    calling("Hm.", ["toolu_b", "f"]),
    result("toolu_b", [words("Here:"), shown("image/png", PNG), BROKEN]),
    { role: "assistant", content: "I see." },
    user("Sure?"),
  ]);
  expect<unknown>(turns[0]?.content).toEqual([imageBlock("image/gif", GIF), words("What is it?"), note]);
  const content = [words("Here:"), imageBlock("image/png", PNG), note];
  expect<unknown>(turns[2]?.content).toEqual([{ type: "tool_result", tool_use_id: "toolu_b", content }]);
});

describe("an image", () => {
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

  test("in the question whose header is cut off is a 400: the model would be told a note in its place", async () => {
    const response = await app.chat({ model: MODEL, messages: [user([BROKEN])] });
    expect(response.status).toBe(400);
    const error = await readError(response);
    expect(error.param).toBe("messages[0].content[0].image_url.url");
    expect(error.message).toMatch(/header.*PNG, JPEG, GIF and WebP/);
  });

  test("by its address is not fetched when the user turned that off", async () => {
    await using own = await startHarness({ config: { remoteImages: false, warm: 0 } });
    const response = await own.chat({ model: MODEL, messages: [user([image("https://example.com/a.png")])] });
    expect(response.status).toBe(400);
    expect((await readError(response)).message).toContain("--no-remote-images");
  });
});

describe("a file", () => {
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
