import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { ImageType } from "../../src/core/request.ts";
import { blocks, text, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { imageOf, paddedTo } from "../support/images.ts";
import { receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { lastServed } from "../support/steps.ts";
import { functionTool, readMessage, result, user } from "../support/tools.ts";

// Results with images reach the model byte for byte, in the process that waits for them, which the model's thinking tells: no other
// process has it.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
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
  const [, , answered] = receivedTurns(request);
  const expected = ids.map((id, n) => ({ type: "tool_result", tool_use_id: id, content: results[n]?.map(told) }));
  // Compared first as a whole: a difference of megabytes is no help to anyone.
  if (!Bun.deepEquals(answered?.content, expected)) expect(outline(answered?.content)).toEqual(outline(expected));
  return lastServed(app)?.startsWith("how=resume ") ? "the process that waits" : "another";
}

const outline = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner) =>
      typeof inner === "string" && inner.length > 80 ? `${inner.length} characters, ${Bun.hash(inner)}` : inner,
    ),
  );

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;
const oneOf = async (type: ImageType, width: number, height: number) => shown(type, await imageOf(type, width, height));

test("an image of each type is passed on as it is, whatever its size, although the CLI would convert it elsewhere", async () => {
  const results = TYPES.map(async (type) => {
    const heavy = shown(type, paddedTo(600_000, await imageOf(type, 9, 9)));
    return [await oneOf(type, 9, 9), await oneOf(type, 2001, 1), heavy];
  });
  expect(await servedBy(...(await Promise.all(results)))).toBe("the process that waits");
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
  expect(await servedBy([largest])).toBe("the process that waits");
});

test("a long text beside an image, which the CLI would write to disk, goes another way", async () => {
  const small = shown("image/png", await imageOf("image/png", 9, 9));
  expect(await servedBy([said("x".repeat(400_001)), small])).toBe("another");
});
