import { describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import Type from "typebox";
import { Value } from "typebox/value";
import { errorResponse } from "../../src/api/errors/openai-error.ts";
import { modelsRoutes } from "../../src/api/models/routes.ts";
import type { Model } from "../../src/core/backend.ts";
import { ApiError } from "../../src/core/error.ts";
import { FACTS, modelAmong } from "../support/models.ts";

const MODELS: readonly Model[] = [
  { id: "claude-opus-4", displayName: "Claude Opus 4", resolvedModel: "claude-opus-4-8", facts: FACTS },
  {
    id: "claude-haiku-4",
    displayName: "Claude Haiku 4",
    facts: { ...FACTS, contextTokens: 200_000, outputTokens: 64_000, efforts: [], thinking: "budgeted" },
  },
  { id: "openai/gpt-4o", displayName: "An alias with a slash", facts: FACTS },
];
const backend = { models: () => MODELS, model: (name: string) => modelAmong(MODELS, name) };
const STARTED = new Date("2026-11-23T09:00:00.500Z");
const CREATED = 1_795_424_400;

const app = new Elysia()
  .onError({ as: "global" }, ({ error }) => (error instanceof ApiError ? errorResponse(error) : undefined))
  .use(modelsRoutes({ backend, startedAt: STARTED }));
const get = (path: string, headers: Record<string, string> = {}) =>
  app.handle(new Request(`http://localhost:3456${path}`, { headers }));
const Listed = Type.Object({ data: Type.Array(Type.Object({ id: Type.String() })) });
const idsOf = (list: unknown) => Value.Parse(Listed, list).data.map(({ id }) => id);
const ANTHROPIC = { "anthropic-version": "2023-06-01" };

const opus = {
  id: "claude-opus-4",
  object: "model",
  created: CREATED,
  owned_by: "anthropic",
  display_name: "Claude Opus 4",
  resolved_model: "claude-opus-4-8",
  context_length: 1_000_000,
  context_window: 1_000_000,
  max_input_tokens: 1_000_000,
  max_output_tokens: 128_000,
  max_completion_tokens: 128_000,
  max_tokens: 128_000,
};

test("the list is OpenAI's, with each model's name for people, what answers for it, and what it can", async () => {
  const list = await (await get("/v1/models")).json();
  expect(idsOf(list)).toEqual(MODELS.map(({ id }) => id));
  const haiku = { id: "claude-haiku-4", context_length: 200_000, max_output_tokens: 64_000 };
  expect(list).toMatchObject({ object: "list", data: [opus, haiku, {}] });
  expect(await (await get("/v1/models/claude-haiku-4")).json()).not.toHaveProperty("resolved_model");
});

describe("one model", () => {
  test.each(["claude-opus-4", "claude-opus-4/"])("is told as in the list: %s", async (id) => {
    expect(await (await get(`/v1/models/${id}`)).json()).toMatchObject(opus);
  });

  test.each([
    ["openai/gpt-4o", "openai/gpt-4o"],
    ["openai%2Fgpt-4o", "openai/gpt-4o"],
    ["openai%2fgpt-4o/", "openai/gpt-4o"],
    ["%zz", "%zz"],
    ["constructor", "constructor"],
  ])("is looked up by all that stands behind the path: %s", async (path, name) => {
    const response = await get(`/v1/models/${path}`);
    const isThere = MODELS.some(({ id }) => id === name);
    expect(response.status).toBe(isThere ? 200 : 404);
    const code = { error: { code: "model_not_found", message: `There is no ${name}.` } };
    expect(await response.json()).toMatchObject(isThere ? { id: name } : code);
  });
});

describe("for Anthropic's SDKs", () => {
  test("one model has all fields of Anthropic's, and says what can be had of it", async () => {
    const haiku = await (await get("/v1/models/claude-haiku-4", ANTHROPIC)).json();
    expect(haiku).toEqual({
      type: "model",
      id: "claude-haiku-4",
      display_name: "Claude Haiku 4",
      created_at: STARTED.toISOString(),
      max_input_tokens: 200_000,
      max_tokens: 64_000,
      lifecycle: "active",
      deprecated_at: null,
      retires_at: null,
      line: "haiku",
      capabilities: expect.anything(),
    });
    const capabilities = {
      batch: { supported: false },
      image_input: { supported: true },
      effort: { supported: false, low: { supported: false } },
      thinking: { supported: true, types: { adaptive: { supported: false }, enabled: { supported: true } } },
    };
    expect(haiku).toMatchObject({ capabilities });
    const other = await (await get("/v1/models/claude-opus-4", ANTHROPIC)).json();
    expect(other).toMatchObject({ capabilities: { effort: { supported: true, xhigh: { supported: true } } } });
  });

  test.each([
    ["", ["claude-opus-4", "claude-haiku-4", "openai/gpt-4o"], false],
    ["?limit=2", ["claude-opus-4", "claude-haiku-4"], true],
    ["?limit=1&after_id=claude-opus-4", ["claude-haiku-4"], true],
    ["?after_id=claude-haiku-4", ["openai/gpt-4o"], false],
    ["?before_id=openai/gpt-4o&limit=1", ["claude-haiku-4"], true],
    ["?after_id=openai/gpt-4o", [], false],
  ])("the list comes in pages: %j", async (query, ids, hasMore) => {
    const page = await (await get(`/v1/models${query}`, ANTHROPIC)).json();
    expect(idsOf(page)).toEqual(ids);
    expect(page).toMatchObject({ has_more: hasMore, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null });
  });

  test.each(["limit=0", "limit=x", "limit=1001", "after_id=gone", "before_id="])("%s is refused", async (query) => {
    const response = await get(`/v1/models?${query}`, ANTHROPIC);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(`'${query.split("=")[0]}'`);
  });
  test("an empty list has no first and last", async () => {
    const empty = new Elysia().use(modelsRoutes({ backend: { ...backend, models: () => [] }, startedAt: STARTED }));
    const response = await empty.handle(new Request("http://localhost:3456/v1/models", { headers: ANTHROPIC }));
    expect(await response.json()).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
  });
});
