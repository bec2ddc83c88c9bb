import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { ImageType } from "../../src/core/request.ts";
import { blocks, text, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { imageOf, paddedTo } from "../support/images.ts";
import { receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { lastServed } from "../support/steps.ts";
import { functionTool, readStreamedMessage, result, user } from "../support/tools.ts";

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

/** Answers as many calls as there are results; gives what the model is told of each, beside what it should be, and who answered. */
async function answered(...results: Part[][]) {
  const question = user(`Look, ${++loops}.`);
  const ids = results.map((_, n) => `toolu_${loops}_${n}`);
  // Streamed, as for a question alone another process might be started.
  const chat = (messages: object[]) =>
    readStreamedMessage(app.chat({ model: "claude-sonnet-4", tools: [functionTool("look")], messages, stream: true }));
  app.simulator.enqueue(blocks([thinkingBlock("I should look."), ...ids.map((id) => toolUse(id, "look", {}))]));
  const asked = await chat([question]);
  const before = app.simulator.requests.length;
  app.simulator.enqueue(text("I see."));
  await chat([question, asked.message, ...ids.map((id, n) => result(id, results[n]?.map(sent)))]);
  const [request, ...more] = app.simulator.requests.slice(before);
  if (request === undefined || more.length > 0) throw new Error("it was not one request");
  return {
    received: receivedTurns(request)[2]?.content ?? [],
    expected: ids.map((id, n) => ({ type: "tool_result", tool_use_id: id, content: results[n]?.map(told) })),
    servedBy: lastServed(app)?.startsWith("how=resume ") ? "the process that waits" : "another",
  };
}

function expectSame(received: unknown, expected: unknown): void {
  // Compared first as a whole: a difference of megabytes is no help to anyone.
  if (!Bun.deepEquals(received, expected)) expect(outline(received)).toEqual(outline(expected));
}

const outline = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner) =>
      typeof inner === "string" && inner.length > 80 ? `${inner.length} characters, ${Bun.hash(inner)}` : inner,
    ),
  );

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;
const oneOf = async (type: ImageType, width: number, height: number) => shown(type, await imageOf(type, width, height));

const png = async (width: number) => shown("image/png", await imageOf("image/png", width, 9));

describe("in the process that waits, of several calls at once", async () => {
  const heavy = async (type: ImageType, size: number) => shown(type, paddedTo(size, await imageOf(type, 9, 9)));
  const [one, two, large] = [await png(10), await png(11), await heavy("image/jpeg", 512_000)];
  // The API takes images of more than 2000 pixels only where there are no more than twenty.
  const RESULTS: Record<string, Part[]> = {
    "texts and images keep their order": [one, said("a"), two, said("b"), said("c"), one],
    "a text is that of its own call": [said("nothing")],
    "an image is that of its own call": [said("a"), two],
    "many that are large together, beside a long text, arrive whole": [
      said("x".repeat(399_000)),
      ...[large, large, large],
      said("b"),
    ],
    "the largest that a result may have is passed on as it is": [await heavy("image/png", 3.75 * 1024 * 1024)],
  };
  for (const type of TYPES) {
    const name = `an ${type} is passed on as it is, whatever its size, although the CLI would convert it elsewhere`;
    RESULTS[name] = [await oneOf(type, 9, 9), await oneOf(type, 2001, 1), await heavy(type, 600_000)];
  }
  let all: Awaited<ReturnType<typeof answered>>;
  beforeAll(async () => {
    all = await answered(...Object.values(RESULTS));
  });

  test.each(Object.keys(RESULTS).map((name, index) => [name, index] as const))("%s", (_, index) => {
    expectSame(all.received[index], all.expected[index]);
  });

  test("nothing stands behind them", () => {
    expect([all.received.length, all.servedBy]).toEqual([all.expected.length, "the process that waits"]);
  });
});

test("a long text beside an image, which the CLI would write to disk, goes another way", async () => {
  const { received, expected, servedBy } = await answered([said("x".repeat(400_001)), await png(9)]);
  expectSame(received, expected);
  expect(servedBy).toBe("another");
});
