import { describe, expect, test } from "bun:test";
import { unmetFields } from "../src/api/fields/unmet-fields.ts";
import { profileOf } from "../src/claude/pool/profile.ts";
import { fitToModel, settingsOf } from "../src/claude/pool/request-settings.ts";
import { settingsChange, type TurnSettings } from "../src/claude/pool/turn-settings.ts";
import type { ModelFacts } from "../src/core/backend.ts";
import type { JsonObject } from "../src/core/json.ts";
import type { ChatRequest } from "../src/core/request.ts";
import { decode as decodeMessages } from "./api/anthropic-messages/decode-body.ts";
import { decode as decodeChat } from "./api/openai-chat/decode-body.ts";
import { decode as decodeCompletion } from "./api/openai-completions/decode-body.ts";
import { decode as decodeResponse } from "./api/openai-responses/decode-body.ts";
import { catalog } from "./claude/models/catalog-of.ts";
import { verdict } from "./simulator/judge/verdict.ts";

// Every model with the combinations of wishes that not all models take, in every dialect, on the way to the API: what arrives there is
// nothing that it refuses, and what is not met is named. Where a dialect has many wishes, any three of them at a time; any two where they decode
// to what those of a chat do.

const MODELS = [
  ...["claude-opus-4-5", "claude-opus-4-6", "claude-opus-4-7", "claude-opus-4-8", "claude-opus-5", "claude-opus-5-5"],
  ...[
    "claude-sonnet-4-5",
    "claude-sonnet-4-6[1m]",
    "claude-sonnet-5",
    "claude-sonnet-5-5",
    "claude-haiku-4-5-20251001",
  ],
  ...["claude-haiku-5-5", "claude-fable-5", "claude-fable-5-1", "claude-fable-5-2", "claude-mythos-5-2"],
  ...["claude-opus-7", "claude-sonnet-6-1", "claude-haiku-6", "claude-fable-8"],
];
/** Other names of these: what is done about a request depends on what a name means alone. */
const NAMES: Readonly<Record<string, string>> = {
  opus: "claude-opus-5-5",
  sonnet: "claude-sonnet-5-5",
  haiku: "claude-haiku-5-5",
  fable: "claude-fable-5-2",
  "claude-opus-4": "claude-opus-5-5",
  "claude-sonnet-4": "claude-sonnet-5-5",
  "claude-haiku-4": "claude-haiku-5-5",
  "openai/claude-opus": "claude-opus-5-5",
};
const EFFORTS = [undefined, "none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
const SAMPLINGS: JsonObject[] = [
  {},
  { temperature: 0 },
  { temperature: 1 },
  { temperature: 1.5 },
  { top_p: 0.5 },
  { temperature: 0.7, top_p: 0.9 },
];
const SCHEMA = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };
const LIMITS = [undefined, 20, 200_000];

/** One request in a dialect: its wishes, and what is decoded of it. */
type Case = { readonly fields: JsonObject; readonly request: ChatRequest; readonly ignored: readonly string[] };
type Dialect = { readonly forcedCall: string; readonly cases: () => Iterable<Case> };

function* combined(...wishes: (readonly JsonObject[])[]): Generator<JsonObject> {
  const [first = [], ...rest] = wishes;
  if (wishes.length === 0) yield {};
  else for (const fields of first) for (const others of combined(...rest)) yield { ...fields, ...others };
}

/** The same field with each of these values, and without. */
const each = (field: string, values: readonly unknown[]): JsonObject[] =>
  values.map((value) => JSON.parse(JSON.stringify({ [field]: value })));

const FUNCTION = { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } };
const RESPONSE_TOOL = { type: "function", name: "f", parameters: { type: "object", properties: {} } };

const DIALECTS: Readonly<Record<string, Dialect>> = {
  "Chat Completions": {
    forcedCall: "tool_choice",
    *cases() {
      const choices = ["auto", "none", "required", { type: "function", function: { name: "f" } }];
      const calls = [{}, ...choices.map((choice) => ({ tools: [FUNCTION], tool_choice: choice }))];
      const efforts = each("reasoning_effort", EFFORTS);
      const json_schema = { name: "n", schema: SCHEMA };
      const formats = each("response_format", [undefined, { type: "json_schema", json_schema }]);
      for (const fields of combined(calls, efforts, SAMPLINGS, formats)) yield { fields, ...decodeChat(fields) };
      for (const fields of combined(efforts, SAMPLINGS, each("max_completion_tokens", LIMITS)))
        yield { fields, ...decodeChat(fields) };
    },
  },
  Responses: {
    forcedCall: "tool_choice",
    *cases() {
      const choices = ["auto", "none", "required", { type: "function", name: "f" }];
      const wishes = [
        [{}, ...choices.map((choice) => ({ tools: [RESPONSE_TOOL], tool_choice: choice }))],
        each("reasoning", [undefined, ...EFFORTS.slice(1).map((effort) => ({ effort }))]),
        SAMPLINGS,
        each("text", [undefined, { format: { type: "json_schema", name: "n", schema: SCHEMA } }]),
      ];
      for (const [index, one] of wishes.entries())
        for (const other of wishes.slice(index + 1))
          for (const fields of combined(one, other)) yield { fields, ...decodeResponse(fields) };
    },
  },
  Messages: {
    forcedCall: "tool_choice",
    *cases() {
      const tools = [{ name: "f", input_schema: { type: "object", properties: {} } }];
      const choices = [{ type: "auto" }, { type: "none" }, { type: "any" }, { type: "tool", name: "f" }];
      const thinking = ["disabled", "adaptive", "between_tools"].map((type) => ({ type }));
      const format = { type: "json_schema", schema: SCHEMA };
      const configs = EFFORTS.slice(3).map((effort) => ({ effort }));
      const calls = [{}, ...each("tool_choice", choices).map((choice) => ({ tools, ...choice }))];
      const thoughts = each("thinking", [undefined, ...thinking, { type: "enabled", budget_tokens: 8192 }]);
      const efforts = each("output_config", [undefined, ...configs]);
      const formats = each("output_config", [{ format }, ...configs.map((config) => ({ ...config, format }))]);
      const samplings = [...SAMPLINGS, { top_k: 5 }, { temperature: 0, top_k: 1 }];
      for (const three of [
        [calls, thoughts, [...efforts, ...formats]],
        [calls, thoughts, samplings],
        [thoughts, efforts, samplings],
      ])
        for (const fields of combined(...three)) yield { fields, ...decodeMessages({ max_tokens: 32_000, ...fields }) };
    },
  },
  Completions: {
    forcedCall: "tool_choice",
    *cases() {
      for (const fields of combined(SAMPLINGS, each("max_tokens", LIMITS))) {
        const { requests, ignored } = decodeCompletion(fields);
        for (const request of requests) yield { fields, request, ignored };
      }
    },
  },
};

/** The CLI's part, as it was seen: what it makes of a turn's settings for a model, in the fields of the API's request. */
function bodyOf(id: string, settings: TurnSettings, { thinking, efforts, takesSampling }: ModelFacts): JsonObject {
  const { effortLevel, env } = settingsChange(undefined, settings) as {
    readonly effortLevel: string | null;
    readonly env: Readonly<Record<string, string>>;
  };
  const extra: JsonObject = JSON.parse(env.CLAUDE_CODE_EXTRA_BODY || "{}");
  const limit = Number(env.CLAUDE_CODE_MAX_OUTPUT_TOKENS || 32_000);
  const isOff = env.CLAUDE_CODE_DISABLE_THINKING === "1";
  const budget = limit > 1_024 ? { type: "enabled", budget_tokens: limit - 1 } : undefined;
  const thinks = thinking === "adaptive" ? { type: "adaptive" } : budget;
  // It sends effort to models that it does not know, too.
  const hasEffort = efforts.length > 0 && env.CLAUDE_CODE_EFFORT_LEVEL !== "unset";
  return {
    model: id,
    max_tokens: limit,
    ...(isOff || thinks === undefined ? {} : { thinking: thinks }),
    ...(isOff && takesSampling ? { temperature: 1 } : {}),
    ...extra,
    output_config: {
      ...(hasEffort ? { effort: effortLevel ?? "high" } : {}),
      ...(extra.output_config as JsonObject | undefined),
    },
  };
}

const models = catalog();
const backend = {
  unmet: (request: ChatRequest) => fitToModel(request, models.presume(request.model).facts).unmet,
};

/** What is the same for each model. */
function prepared({ fields, request, ignored }: Case) {
  const output = request.outputFormat && ({ type: "native", schema: request.outputFormat.schema } as const);
  return { fields, request, ignored, output, profile: profileOf(request, output) };
}

function sentFor(request: ChatRequest, { output, profile }: ReturnType<typeof prepared>) {
  const { name, facts } = models.resolve(request.model);
  const settings = settingsOf(request, profile, facts, output);
  const body = bodyOf(models.fullId(name), settings, facts);
  return { body, settings, facts };
}

test.each(Object.entries(NAMES))("%s is %s in all that matters here", (name, model) => {
  const meant = (said: string) => {
    const { name: resolved, facts } = models.resolve(said);
    return [models.fullId(resolved), facts, models.presume(said).facts];
  };
  expect(meant(name)).toEqual(meant(model));
});

describe.each(Object.entries(DIALECTS))("in %s", (_, { cases, forcedCall }) => {
  const all = [...cases()].map(prepared);
  test.each(MODELS)("%s", (model) => {
    for (const one of all) {
      const { fields, ignored } = one;
      const request = { ...one.request, model };
      const { body, settings, facts } = sentFor(request, one);
      const fail = (why: string) => expect.unreachable(`${why}: ${JSON.stringify({ fields, body })}`);
      const refused = verdict(body);
      if (refused !== undefined) fail(refused);

      const named = unmetFields(request, { backend, ignored, names: { "forced-call": forcedCall } });
      const { type } = request.toolChoice;
      const isForced = request.tools.length > 0 && (type === "required" || type === "tool");
      const isSent = ["any", "tool"].includes(String((body.tool_choice as JsonObject | undefined)?.type));
      if (isSent !== (isForced && facts.takesForcedCalls)) fail("the choice of a tool");
      const isInWords = isForced && !facts.takesForcedCalls;
      if (isInWords !== (settings.wantedCall !== undefined)) fail("the call in words");
      if (isInWords !== named.includes(forcedCall)) fail(`${forcedCall} in ${named}`);
      for (const field of ["temperature", "top_p", "top_k"]) {
        const asked = fields[field];
        const isMet = asked === undefined || (asked === 1 && field !== "top_k") || body[field] === asked;
        if (named.includes(field) === isMet) fail(`${field} in ${named}`);
      }
      const isOff = request.effort === "none" || request.thinks === false;
      const thinks = ["adaptive", "enabled"].includes(String((body.thinking as JsonObject | undefined)?.type));
      if (isOff && thinks && facts.thinkingOff !== "never") fail("thinking that was turned off");
    }
  });
});
