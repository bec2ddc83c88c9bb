import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { ImageType } from "../../src/core/request.ts";
import { blocks, text, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { imageOf, paddedTo } from "../support/images.ts";
import { receivedTurns } from "../support/received.ts";
import { functionTool, readMessage, result, user } from "../support/tools.ts";

// Results with images reach the model byte for byte. Those that the CLI leaves alone answer the calls of the process that waits, which
// the model's thinking tells: no other process has it. Those that the CLI would convert are a part of the history in another.

let app: Harness;
beforeAll(async () => {
  app = await startHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

type Part = { type: "text"; text: string } | { type: "image"; media_type: ImageType; data: string };

const said = (words: string): Part => ({ type: "text", text: words });
const shown = (media_type: ImageType, image: Buffer): Part => ({
  type: "image",
  media_type,
  data: image.toString("base64"),
});
const sent = (part: Part) =>
  part.type === "text"
    ? part
    : { type: "image_url", image_url: { url: `data:${part.media_type};base64,${part.data}` } };
const told = (part: Part) =>
  part.type === "text"
    ? part
    : { type: "image", source: { type: "base64", media_type: part.media_type, data: part.data } };

let loops = 0;

/** Answers as many calls as there are results, and checks each block that the model is told; gives who answered. */
async function servedBy(...results: Part[][]): Promise<"the process that waits" | "another"> {
  const question = user(`Look, ${++loops}.`);
  const ids = results.map((_, n) => `toolu_${loops}_${n}`);
  const chat = (messages: object[]) =>
    readMessage(app.chat({ model: "claude-sonnet-4", tools: [functionTool("look")], messages }));
  app.simulator.enqueue(blocks([thinkingBlock("I should look."), ...ids.map((id) => toolUse(id, "look", {}))]));
  const asked = await chat([question]);
  const before = app.simulator.requests.length;
  app.simulator.enqueue(text("I see."));
  await chat([question, asked.message, ...ids.map((id, n) => result(id, results[n]?.map(sent)))]);
  const [request, ...more] = app.simulator.requests.slice(before);
  if (request === undefined || more.length > 0) throw new Error("it was not one request");
  const [, calls, answered] = receivedTurns(request);
  const expected = ids.map((id, n) => ({ type: "tool_result", tool_use_id: id, content: results[n]?.map(told) }));
  // Compared first as a whole: a difference of megabytes is no help to anyone.
  if (!Bun.deepEquals(answered?.content, expected)) expect(outline(answered?.content)).toEqual(outline(expected));
  return calls?.content.some(({ type }) => type === "thinking") ? "the process that waits" : "another";
}

const outline = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner) =>
      typeof inner === "string" && inner.length > 80 ? `${inner.length} characters, ${Bun.hash(inner)}` : inner,
    ),
  );

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;
const oneOf = async (type: ImageType, width: number, height: number) => shown(type, await imageOf(type, width, height));

describe.each(TYPES)("an %s is passed on", (type) => {
  test("by the process that waits up to 2,000 pixels and 512,000 bytes", async () => {
    const heavy = shown(type, paddedTo(512_000, await imageOf(type, 9, 9)));
    expect(await servedBy([await oneOf(type, 2000, 1848), heavy])).toBe("the process that waits");
  });

  test("by another, as it is, beyond 2,000 pixels", async () => {
    expect(await servedBy([await oneOf(type, 2001, 1)])).toBe("another");
  });

  test("by another, as it is, beyond 512,000 bytes", async () => {
    expect(await servedBy([shown(type, paddedTo(512_001, await imageOf(type, 9, 9)))])).toBe("another");
  });
});

describe("the limit of pixels", () => {
  test.each([
    [1, 2000],
    [1848, 2000],
    [1932, 1932],
  ])("leaves %i x %i to the process that waits", async (width, height) => {
    expect(await servedBy([await oneOf("image/png", width, height)])).toBe("the process that waits");
  });

  test.each([
    [1, 2001],
    [1849, 2000],
    [1933, 1932],
  ])("sends %i x %i the other way", async (width, height) => {
    expect(await servedBy([await oneOf("image/png", width, height)])).toBe("another");
  });
});

describe("in the process that waits", () => {
  const png = async (width: number) => shown("image/png", await imageOf("image/png", width, 9));

  test("texts and images keep their order", async () => {
    const [one, two] = [await png(10), await png(11)];
    expect(await servedBy([one, said("a"), two, said("b"), said("c"), one])).toBe("the process that waits");
  });

  test("each of several calls gets its own", async () => {
    const results = [[await png(10)], [said("nothing")], [said("a"), await png(11)]];
    expect(await servedBy(...results)).toBe("the process that waits");
  });

  test("many that are large together, beside a long text, arrive whole", async () => {
    const large = shown("image/jpeg", paddedTo(512_000, await imageOf("image/jpeg", 9, 9)));
    const result = [said("x".repeat(399_000)), large, large, large, large, said("b")];
    expect(await servedBy(result, [large, large])).toBe("the process that waits");
  });
});

test("the largest that a result may have is passed on as it is", async () => {
  const largest = shown("image/png", paddedTo(3.75 * 1024 * 1024, await imageOf("image/png", 9, 9)));
  expect(await servedBy([largest])).toBe("another");
});

test("one that is too large among several sends all of them the other way, in their order", async () => {
  const small = shown("image/png", await imageOf("image/png", 9, 9));
  const large = shown("image/png", await imageOf("image/png", 2001, 9));
  expect(await servedBy([said("a"), small, large, said("b")], [small])).toBe("another");
});
