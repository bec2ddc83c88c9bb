import { expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { startHarness } from "../support/harness.ts";

test("the description of the whole program is valid, and says in a sentence what each path does", async () => {
  await using app = await startHarness({ ready: false });
  const document = JSON.parse(await (await fetch(`${app.url}/openapi.json`)).text());
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect(errors).toBeUndefined();
  expect(valid).toBeTrue();
  for (const [path, methods] of Object.entries<Record<string, { summary?: string }>>(document.paths)) {
    for (const { summary } of Object.values(methods)) expect(`${path}: ${summary}`).toMatch(/: [A-Z].+[^.]$/);
  }
  for (const path of ["chat/completions", "completions", "responses", "messages"]) {
    expect(document.paths[`/v1/${path}`].post.requestBody).toBeDefined();
  }
  expect((await fetch(`${app.url}/docs`)).status).toBe(200);
});

test("a server started with --strict is so in every dialect", async () => {
  await using app = await startHarness({ ready: false, config: { strict: true } });
  const turn = [{ role: "user", content: "a" }];
  for (const [path, body] of Object.entries({
    "chat/completions": { messages: turn },
    completions: { prompt: "a" },
    responses: { input: "a" },
    messages: { messages: turn, max_tokens: 5 },
  })) {
    const response = await fetch(`${app.url}/v1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "claude-haiku-4", made_up: 1, ...body }),
    });
    expect(`${path}: ${response.status}`).toBe(`${path}: 400`);
    expect(await response.text()).toContain("made_up");
  }
});
