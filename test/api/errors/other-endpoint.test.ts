import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Harness, startHarness } from "../../support/harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ config: { warm: 0 }, ready: false });
});
afterAll(() => harness[Symbol.asyncDispose]());

const ask = async (path: string, body: object) => {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${harness.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
};
const messages = [{ role: "user", content: "Hi" }];

describe("a body that belongs to another path is told which", () => {
  test.each<[path: string, body: object, meant: string]>([
    ["/v1/completions", { messages }, "POST /v1/chat/completions or POST /v1/messages"],
    ["/v1/completions", { input: "Hi" }, "POST /v1/responses"],
    ["/completions/", { messages, prompt: null }, "POST /v1/chat/completions"],
    ["/v1/chat/completions", { prompt: "Hi" }, "POST /v1/completions"],
    ["/v1/messages", { input: "Hi" }, "POST /v1/responses"],
    ["/v1/messages", { prompt: "Hi", max_tokens: 5 }, "POST /v1/completions"],
    ["/v1/messages/count_tokens", { input: "Hi" }, "POST /v1/responses"],
  ])("%s given %j", async (path, body, meant) => {
    const { status, text } = await ask(path, { model: "claude-sonnet-4", ...body });
    expect(status).toBe(400);
    expect(text).toContain(`is for ${meant}`);
  });

  test("not where a template is named, which is OpenAI's own", async () => {
    const { text } = await ask("/v1/responses", { model: "claude-sonnet-4", prompt: { id: "pmpt_1" } });
    expect(text).not.toContain("is for POST");
  });

  test("not where its own field is there, too: that is what is wrong then", async () => {
    const { status, text } = await ask("/v1/completions", { model: "claude-sonnet-4", prompt: 5, messages });
    expect(status).toBe(400);
    expect(JSON.parse(text).error.param).toBe("prompt");
  });
});
