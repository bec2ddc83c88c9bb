import { describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import { modelsRoutes } from "../../src/api/models/routes.ts";
import { errorResponse } from "../../src/api/openai-error.ts";
import { ApiError } from "../../src/core/error.ts";

const MODELS = [
  { id: "claude-opus-4", displayName: "Claude Opus 4", resolvedModel: "claude-opus-4-8" },
  { id: "claude-haiku-4", displayName: "Claude Haiku 4" },
  { id: "openai/gpt-4o", displayName: "An alias with a slash" },
];
const STARTED = new Date("2026-11-23T09:00:00.500Z");
const CREATED = 1_795_424_400;

const app = new Elysia()
  .onError({ as: "global" }, ({ error }) => (error instanceof ApiError ? errorResponse(error) : undefined))
  .use(modelsRoutes({ backend: { models: () => MODELS }, startedAt: STARTED }));
const get = (path: string, headers: Record<string, string> = {}) =>
  app.handle(new Request(`http://localhost:3456${path}`, { headers }));
const ANTHROPIC = { "anthropic-version": "2023-06-01" };

test("the list is OpenAI's, with each model's name for people and what answers for it", async () => {
  expect(await (await get("/v1/models")).json()).toEqual({
    object: "list",
    data: MODELS.map(({ id, displayName, resolvedModel }) => ({
      id,
      object: "model",
      created: CREATED,
      owned_by: "anthropic",
      display_name: displayName,
      ...(resolvedModel && { resolved_model: resolvedModel }),
    })),
  });
});

describe("one model", () => {
  const opus = {
    id: "claude-opus-4",
    object: "model",
    created: CREATED,
    owned_by: "anthropic",
    display_name: "Claude Opus 4",
    resolved_model: "claude-opus-4-8",
  };
  for (const id of [
    "claude-opus-4",
    "claude-opus-4/",
    "anthropic/claude-opus-4",
    "openai%2Fclaude-opus-4",
    "claude-max/claude-opus-4",
    "claude-max%2fclaude-opus-4",
  ]) {
    test(`is found as ${id}`, async () => expect(await (await get(`/v1/models/${id}`)).json()).toEqual(opus));
  }

  test("an id with a slash of its own comes before the prefix", async () => {
    expect(await (await get("/v1/models/openai/gpt-4o")).json()).toMatchObject({ id: "openai/gpt-4o" });
  });

  for (const id of ["gpt-5", "other/claude-opus-4", "CLAUDE-OPUS-4", "claude", "%zz", "constructor"]) {
    test(`${id} is unknown, and the answer lists what there is`, async () => {
      const response = await get(`/v1/models/${id}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({
        error: {
          message: `The model '${id}' does not exist. Available models: claude-opus-4, claude-haiku-4, openai/gpt-4o.`,
          type: "invalid_request_error",
          param: "model",
          code: "model_not_found",
        },
      });
    });
  }
});

describe("for Anthropic's SDKs", () => {
  const [opus, haiku, alias] = MODELS.map(({ id, displayName }) => ({
    type: "model",
    id,
    display_name: displayName,
    created_at: STARTED.toISOString(),
  }));
  test("the list has Anthropic's shape", async () => {
    expect(await (await get("/v1/models", ANTHROPIC)).json()).toEqual({
      data: [opus, haiku, alias],
      has_more: false,
      first_id: "claude-opus-4",
      last_id: "openai/gpt-4o",
    });
  });
  test("so has one model", async () => {
    expect(await (await get("/v1/models/claude-haiku-4", ANTHROPIC)).json()).toEqual(haiku);
  });
  test("an empty list has no first and last", async () => {
    const empty = new Elysia().use(modelsRoutes({ backend: { models: () => [] }, startedAt: STARTED }));
    const response = await empty.handle(new Request("http://localhost:3456/v1/models", { headers: ANTHROPIC }));
    expect(await response.json()).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
  });
});
