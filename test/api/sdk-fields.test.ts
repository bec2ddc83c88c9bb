import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ENDPOINTS } from "../support/parameters/endpoints.ts";

// The tables are held to the official SDKs' own types: a field that a new version adds makes these fail with its name.

const MODULES = join(import.meta.dir, "../../node_modules");

type SdkField = { readonly name: string; readonly isHeader: boolean };

/**
 * The fields of an interface in a package's declarations, which are generated: one to a line, four spaces in, documented. One within a
 * namespace is four spaces further in.
 */
function fieldsOf(file: string, name: string, isNested = false): SdkField[] {
  const written = readFileSync(join(MODULES, file), "utf8");
  const declarations = isNested
    ? written.replace(/^ {4}/gm, "").replaceAll("\ninterface", "\nexport interface")
    : written;
  const [, body] =
    new RegExp(`\\nexport interface ${name} (?:extends \\w+ )?\\{(\\n[\\s\\S]*?)\\n\\}\\n`).exec(declarations) ?? [];
  if (body === undefined) throw new Error(`${file} has no interface ${name}`);
  const fields = [...body.matchAll(/(?<=\n)( {4}\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)? {4}(\w+)\??: /g)];
  const members = body.match(/\n {4}[^ /}]/g) ?? [];
  if (fields.length !== members.length)
    throw new Error(`of ${name}'s ${members.length} members ${fields.length} are read`);
  return fields.map(([, words = "", field = ""]) => ({ name: field, isHeader: words.includes("Header param:") }));
}

const OPENAI = "openai/resources";
const ANTHROPIC = "@anthropic-ai/sdk/resources";
const SOURCES: Readonly<Record<string, readonly SdkField[]>> = {
  chat: fieldsOf(`${OPENAI}/chat/completions/completions.d.ts`, "ChatCompletionCreateParamsBase"),
  completion: fieldsOf(`${OPENAI}/completions.d.ts`, "CompletionCreateParamsBase"),
  response: fieldsOf(`${OPENAI}/responses/responses.d.ts`, "ResponseCreateParamsBase"),
  betaResponse: fieldsOf(`${OPENAI}/beta/responses/responses.d.ts`, "ResponseCreateParamsBase"),
  inputTokens: fieldsOf(`${OPENAI}/responses/input-tokens.d.ts`, "InputTokenCountParams"),
  betaInputTokens: fieldsOf(`${OPENAI}/beta/responses/input-tokens.d.ts`, "InputTokenCountParams"),
  socketResponse: fieldsOf(`${OPENAI}/responses/responses.d.ts`, "ResponseCreate", true),
  betaSocketResponse: fieldsOf(`${OPENAI}/beta/responses/responses.d.ts`, "ResponseCreate", true),
  compact: fieldsOf(`${OPENAI}/responses/responses.d.ts`, "ResponseCompactParams"),
  retrieval: fieldsOf(`${OPENAI}/responses/responses.d.ts`, "ResponseRetrieveParamsBase"),
  items: fieldsOf(`${OPENAI}/responses/input-items.d.ts`, "InputItemListParams"),
  page: fieldsOf("openai/core/pagination.d.ts", "CursorPageParams"),
  message: fieldsOf(`${ANTHROPIC}/messages/messages.d.ts`, "MessageCreateParamsBase"),
  betaMessage: fieldsOf(`${ANTHROPIC}/beta/messages/messages.d.ts`, "MessageCreateParamsBase"),
  count: fieldsOf(`${ANTHROPIC}/messages/messages.d.ts`, "MessageCountTokensParams"),
  betaCount: fieldsOf(`${ANTHROPIC}/beta/messages/messages.d.ts`, "MessageCountTokensParams"),
};

/** Where the fields of each table come from: the SDKs' interfaces, and what is not, or no longer, there. */
const ORIGINS: Readonly<Record<string, { readonly sdk: readonly string[]; readonly others: readonly string[] }>> = {
  "POST /v1/chat/completions": { sdk: ["chat"], others: [] },
  "POST /v1/completions": { sdk: ["completion"], others: [] },
  "POST /v1/responses": { sdk: ["response", "betaResponse"], others: [] },
  // Who wants to know what a request amounts to may well send all of it.
  "POST /v1/responses/input_tokens": {
    sdk: ["inputTokens", "betaInputTokens", "response", "betaResponse"],
    others: [],
  },
  // Older versions of the SDK have these.
  "POST /v1/messages": { sdk: ["message", "betaMessage"], others: ["temperature", "top_p", "top_k"] },
  "POST /v1/messages/count_tokens": {
    sdk: ["count", "betaCount", "message", "betaMessage"],
    others: ["temperature", "top_p", "top_k"],
  },
  "POST /v1/chat/completions, with a body in the shape of the Responses API": {
    sdk: ["response", "betaResponse", "chat"],
    others: [],
  },
  // Codex says all that it says of a response.
  "POST /v1/responses/compact": {
    sdk: ["compact"],
    others: [
      ...["conversation", "prompt", "tools", "tool_choice", "parallel_tool_calls", "text", "reasoning", "stream"],
    ],
  },
  "response.create on a WebSocket": { sdk: ["socketResponse", "betaSocketResponse"], others: [] },
  "GET /v1/responses/{id}": { sdk: ["retrieval"], others: [] },
  "GET /v1/responses/{id}/input_items": { sdk: ["items", "page"], others: [] },
};
/** What a body in that shape says in other words. */
const NOT_IN_SHAPE = ["messages", "functions", "function_call"];

describe.each(ENDPOINTS.map((endpoint) => [endpoint.title, endpoint] as const))("%s", (title, { parameters }) => {
  test("the table has every field of the SDKs, and none that comes from nowhere", () => {
    const { sdk, others } = ORIGINS[title] ?? { sdk: [], others: [] };
    const known = sdk.flatMap((source) => SOURCES[source] ?? []).filter(({ isHeader }) => !isHeader);
    const names = [...known.map(({ name }) => name), ...others];
    const expected = title.includes("shape") ? names.filter((name) => !NOT_IN_SHAPE.includes(name)) : names;
    expect(Object.keys(parameters).sort()).toEqual([...new Set(expected)].sort());
  });
});

test("what the SDKs send as headers is known by name: docs/parameters.md speaks of it", () => {
  const headers = Object.values(SOURCES)
    .flat()
    .filter(({ isHeader }) => isHeader)
    .map(({ name }) => name);
  expect([...new Set(headers)].sort()).toEqual(["betas", "user_profile_id", "workspace_id"]);
});
