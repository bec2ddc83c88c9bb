import { expect, test } from "bun:test";
import { imageBlock } from "../media.ts";
import { testAccepted, testRefused, turns, verdict } from "./verdict.ts";

const marked = { cache_control: { type: "ephemeral" } };
const word = (changes = {}) => ({ type: "text", text: "x", ...changes });
const image = (width: number, height: number) => imageBlock("image/png", png(width, height));
const images = (count: number, width = 10, height = 10) =>
  turns([...Array.from({ length: count }, () => image(width, height)), word()]);
const SMALL = { model: "claude-haiku-4-5" };
const LARGE = { model: "claude-opus-5-5" };

testAccepted([
  ["four marks for the cache", { system: [word(marked), word(marked)], ...turns([word(marked), word(marked)]) }],
  ["a hundred images", { ...SMALL, ...images(100) }],
  ["600 images of a model with a large context", { ...LARGE, ...images(600) }],
  ["20 images of 8,000 pixels", images(20, 8000, 1)],
  ["the largest answer of a model", { ...SMALL, max_tokens: 64_000 }],
]);

testRefused([
  [
    "a fifth mark for the cache, within a result",
    {
      system: [word(marked), word(marked)],
      ...turns(
        [word(marked)],
        [{ type: "tool_use", id: "a", name: "a", input: {}, ...marked }],
        [{ type: "tool_result", tool_use_id: "a", content: [word(marked)] }],
      ),
    },
    "A maximum of 4 blocks with cache_control may be provided. Found 5.",
  ],
  [
    "more images than a model's context is for",
    { ...SMALL, ...images(101) },
    "too many images and documents: 101 + 0 > 100",
  ],
  ["more than 600 images", { ...LARGE, ...images(601) }, "too many images and documents: 601 + 0 > 600"],
  [
    "an image of more than 8,000 pixels",
    images(1, 1, 8001),
    "messages.0.content.0.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels",
  ],
  [
    "an image of more than 2,000 pixels among many",
    images(21, 2001, 1),
    "messages.0.content.0.image.source.base64.data: At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels",
  ],
  [
    "more tokens than a model answers with",
    { ...SMALL, max_tokens: 64_001 },
    "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for claude-haiku-4-5",
  ],
]);

test("a prompt above the model's context is refused, with both numbers", () => {
  const long = "x".repeat(4 * 200_001);
  const body = turns(long);
  const rules = { characters: JSON.stringify(body).length };
  expect(verdict({ ...SMALL, ...body }, rules)).toMatch(/^prompt is too long: 200\d\d\d tokens > 200000 maximum$/);
  expect(verdict({ ...LARGE, ...body }, rules)).toBeUndefined();
});

/** The beginning of a PNG of this size, as base64. */
function png(width: number, height: number): string {
  const bytes = Buffer.alloc(24);
  bytes.write("\x89PNG\r\n\x1a\n", "latin1");
  bytes.write("IHDR", 12, "latin1");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes.toString("base64");
}
