import { at } from "../../json-path.ts";
import { type Answer, type Claim, SMALLEST, says, text, told } from "../claim.ts";
import { pdfOf, pngOf } from "../media.ts";

// What is said and answered, and what Anthropic's cache holds of it.

/** More than any model's shortest prefix that is cached. */
const LONG_SYSTEM = Array.from({ length: 700 }, (_, index) => `Rule ${index}: be brief and kind.`).join("\n");
const LONG_TOKENS = 12_000;
/** So many turns are given to a new process as a transcript. */
const TURNS = 101;
const MANY_TURNS = Array.from({ length: TURNS - 1 }, (_, index) =>
  index % 2 === 0 ? says(text(`Number ${index}?`)) : { role: "assistant", content: [text(`It is ${index}.`)] },
);
const cacheRead = (answer: Answer | undefined) => Number(at(answer?.body, "usage", "cache_read_input_tokens") ?? 0);
const isRead = (answer: Answer | undefined) => (cacheRead(answer) > 0 ? "read from the cache" : "not cached");
const way = (answer: Answer | undefined) => /how=(\w+)/.exec(answer?.log.join("\n") ?? "")?.[1];

export const CONVERSATION: readonly Claim[] = [
  {
    name: "stop-sequences",
    source: "api/messages",
    model: SMALLEST,
    requests: [
      {
        body: {
          messages: [says(text("Count from one to five in words, with commas between."))],
          stop_sequences: ["three"],
          thinking: { type: "disabled" },
        },
      },
    ],
    expected: "200, stop_sequence three",
    check: ([answer]) =>
      `${told(answer)}, ${String(at(answer?.body, "stop_reason"))} ${String(at(answer?.body, "stop_sequence"))}`,
  },
  {
    name: "begun-answer",
    source: "build-with-claude/working-with-messages",
    model: SMALLEST,
    requests: [
      {
        body: {
          messages: [says(text("Name a colour.")), { role: "assistant", content: "My colour is" }],
          thinking: { type: "disabled" },
        },
      },
    ],
    // Sent as it is, it would be a 400 from 4.6 on.
    expected: "200, ignored messages.continuation",
    check: ([answer]) => told(answer),
  },
  {
    name: "image",
    source: "build-with-claude/vision",
    model: SMALLEST,
    requests: [{ body: { messages: [says(media("image", "image/png", pngOf()), text("Which colour is it?"))] } }],
    expected: "200",
    check: ([answer]) => told(answer),
  },
  {
    name: "pdf",
    source: "build-with-claude/pdf-support",
    model: SMALLEST,
    promptTokens: 5_000,
    requests: [
      { body: { messages: [says(media("document", "application/pdf", pdfOf()), text("What does it say?"))] } },
    ],
    expected: "200",
    check: ([answer]) => told(answer),
  },
  {
    name: "count-tokens",
    source: "build-with-claude/token-counting",
    model: SMALLEST,
    requests: [{ path: "/v1/messages/count_tokens", body: { messages: [says(text("How long is this?"))] } }],
    expected: "200, number",
    check: ([answer]) => `${told(answer)}, ${typeof at(answer?.body, "input_tokens")}`,
  },
  {
    name: "cache",
    source: "build-with-claude/prompt-caching",
    model: SMALLEST,
    promptTokens: LONG_TOKENS,
    requests: [
      { body: { system: LONG_SYSTEM, messages: [says(text("Say a."))] } },
      ([first]) => ({
        body: {
          system: LONG_SYSTEM,
          messages: [says(text("Say a.")), answered(first), says(text("Say b."))],
        },
      }),
    ],
    expected: "200; 200, read from the cache",
    check: ([first, second]) => `${told(first)}; ${told(second)}, ${isRead(second)}`,
  },
  {
    name: "restored",
    source: "build-with-claude/prompt-caching, and ARCHITECTURE.md",
    model: SMALLEST,
    promptTokens: LONG_TOKENS + TURNS * 20,
    requests: [
      { body: { system: LONG_SYSTEM, messages: [...MANY_TURNS, says(text("Say c."))] } },
      ([first]) => ({
        fresh: true,
        body: {
          system: LONG_SYSTEM,
          messages: [...MANY_TURNS, says(text("Say c.")), answered(first), says(text("Say d."))],
        },
      }),
    ],
    expected: "200, restore; 200, restore, read from the cache",
    check: ([first, second]) => `${told(first)}, ${way(first)}; ${told(second)}, ${way(second)}, ${isRead(second)}`,
  },
  {
    name: "context-management",
    source: "build-with-claude/context-editing",
    model: SMALLEST,
    requests: [
      {
        headers: { "anthropic-beta": "context-management-2025-06-27" },
        body: {
          messages: [says(text("Say e."))],
          context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
        },
      },
    ],
    expected: "200, told",
    check: ([answer]) =>
      `${told(answer)}, ${at(answer?.body, "context_management") === undefined ? "not told" : "told"}`,
  },
  {
    name: "beta-header",
    source: "api/beta-headers",
    model: SMALLEST,
    requests: [
      {
        headers: { "anthropic-beta": "interleaved-thinking-2025-05-14" },
        body: { messages: [says(text("Say f."))] },
      },
    ],
    expected: "200",
    check: ([answer]) => told(answer),
  },
];

function media(type: "image" | "document", mediaType: string, bytes: Uint8Array): object {
  return { type, source: { type: "base64", media_type: mediaType, data: Buffer.from(bytes).toString("base64") } };
}

function answered(answer: Answer | undefined): object {
  return { role: "assistant", content: at(answer?.body, "content") };
}
