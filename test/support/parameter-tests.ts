import type { Parameters } from "../../src/api/parameter.ts";

/** The test that shows what becomes of a field: its file, and its name as it is written there. */
export type ParameterTest = { readonly file: string; readonly name: string };

const parameters = (name: string) => ({ file: "test/e2e/parameters.test.ts", name });
const streaming = (name: string) => ({ file: "test/e2e/streaming.test.ts", name });
const calls = (name: string) => ({ file: "test/e2e/tool-calls.test.ts", name });
const completions = (name: string) => ({ file: "test/e2e/completions.test.ts", name });
const routes = (name: string) => ({ file: "test/api/openai-completions/routes.test.ts", name });

const IGNORED_NAME = "%s is accepted, asks the model for nothing else, and is named as ignored";
const HOLDS = "max_tokens reaches the API, ends the answer with finish_reason length, and holds for one request only";

const CHAT: Readonly<Record<string, ParameterTest>> = {
  model: parameters("%s reaches the model that it names"),
  messages: {
    file: "test/e2e/fidelity.test.ts",
    name: "each request to the model is exactly one client's request, in any order and two at a time",
  },
  stream: streaming("tokens are passed on while the model still writes"),
  stream_options: streaming(
    "usage comes in a chunk of its own without choices, only when asked for, and is null or absent before",
  ),
  max_tokens: parameters(HOLDS),
  max_completion_tokens: parameters("max_completion_tokens wins over max_tokens"),
  reasoning_effort: parameters("%s reaches the API as %s"),
  stop: parameters("a stop text goes to the API, and ends the answer just before it"),
  n: { file: "test/e2e/structured-output.test.ts", name: "n answers are n turns, one choice each" },
  response_format: {
    file: "test/e2e/structured-output.test.ts",
    name: "the answer is the JSON alone, in one request to the model",
  },
  modalities: parameters("is refused when leaving it out would change the meaning: %s"),
  tools: calls("with their raw JSON Schema, whatever it holds"),
  functions: calls("functions and function_call of old work, and are answered in their own form"),
  tool_choice: calls("%s reaches the API natively"),
  function_call: calls("functions and function_call of old work, and are answered in their own form"),
  parallel_tool_calls: calls("%s reaches the API natively"),
};

const COMPLETIONS: Readonly<Record<string, ParameterTest>> = {
  model: completions("reaches the API as one user turn, with the instruction as system prompt, and costs one request"),
  prompt: completions("reaches the API as one user turn, with the instruction as system prompt, and costs one request"),
  suffix: completions("with a suffix has both parts in its turn"),
  echo: routes("of several prompts has a choice each, times n, and the usage of all"),
  stream: routes("is streamed piece by piece, to the finish reason and [DONE]"),
  stream_options: routes("is streamed with the prompt first, and with usage last, when the client asks for these"),
  max_tokens: completions("does not think, so that max_tokens is spent on the text"),
  stop: completions("ends at a stop text"),
  n: routes("of several prompts has a choice each, times n, and the usage of all"),
  best_of: routes("is a 400 that names the field, and asks no model: %j"),
};

/** The test of a route's field. Those that are ignored are all shown by one, which runs for each. */
function testOf(own: Readonly<Record<string, ParameterTest>>, file: string, treatment: string, field: string) {
  return treatment === "ignored" ? { file, name: IGNORED_NAME } : own[field];
}

export function chatParameterTest(field: string, treatment: string): ParameterTest | undefined {
  return testOf(CHAT, "test/api/openai-chat/parameters.test.ts", treatment, field);
}

export function completionParameterTest(field: string, treatment: string): ParameterTest | undefined {
  return testOf(COMPLETIONS, "test/api/openai-completions/parameters.test.ts", treatment, field);
}

/** Fields that have a test named here, but are no longer in the table. */
export function leftOver(chat: Parameters, completion: Parameters): string[] {
  const stray = (own: object, known: Parameters) => Object.keys(own).filter((field) => !Object.hasOwn(known, field));
  return [...stray(CHAT, chat), ...stray(COMPLETIONS, completion)];
}
