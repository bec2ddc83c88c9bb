import { afterAll, beforeAll, expect, test } from "bun:test";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { Harness } from "../support/harness.ts";
import { shareHarness } from "../support/shared-harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await shareHarness();
});
afterAll(() => harness[Symbol.asyncDispose]());

const asked = (text: string) => ({ model: "claude-sonnet-4", messages: [{ role: "user", content: text }] });
const utf16 = (text: string) => Buffer.from(text, "utf16le");
type Sent = { path: string; headers: Record<string, string>; body: Uint8Array };
const packed = (path: string, coding: string, body: Uint8Array): Sent => ({
  path,
  headers: { "content-type": "application/json", "content-encoding": coding },
  body,
});

test.each<[name: string, send: (text: string) => Sent]>([
  ["a chat in zstd", (text) => packed("/chat/completions", "zstd", zstdCompressSync(JSON.stringify(asked(text))))],
  [
    "a chat in gzip, at Azure's path",
    (text) => {
      const { messages } = asked(text);
      const path = "/openai/deployments/claude-sonnet-4/chat/completions?api-version=2024-10-21";
      return packed(path, "gzip", gzipSync(JSON.stringify({ messages })));
    },
  ],
  [
    "messages in brotli, with numbers as texts",
    (text) => {
      const body = { ...asked(text), max_tokens: "2000", stream: "false" };
      return packed("/anthropic/v1/messages", "br", brotliCompressSync(JSON.stringify(body)));
    },
  ],
  [
    "a completion in UTF-16",
    (text) => ({
      path: "/v1//completions/",
      headers: { "content-type": "text/plain; charset=utf-16" },
      body: utf16(JSON.stringify({ model: "claude-sonnet-4", prompt: text, max_tokens: "2000", echo: "False" })),
    }),
  ],
  [
    "a response without a type",
    (text) => ({
      path: "/v1/v1/responses",
      headers: {},
      body: Buffer.from(JSON.stringify({ model: "claude-sonnet-4", input: text, stream: false })),
    }),
  ],
])("%s reaches the model as its textbook form would", async (name, send) => {
  const text = `Grüße: ${name}`;
  const { path, headers, body } = send(text);
  const response = await fetch(harness.url + path, { method: "POST", headers, body });
  expect([response.status, response.ok ? "" : await response.text()]).toEqual([200, ""]);
  expect(JSON.stringify(harness.simulator.requests.at(-1)?.body)).toContain(text);
});
