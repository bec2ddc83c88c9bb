import { PROGRAM } from "../../command.ts";
import { type Client, snippetIn } from "../client.ts";
import { type Connection, chosenFirst, KEY_VARIABLE, type OfferedModel } from "../connection.ts";

// Programs with a configuration file into which a few lines are pasted.

/** A file may name the variable with the key, where the server wants one. */
const keyOr = ({ key, keyRequired }: Connection, reference: string) => (keyRequired ? reference : key);

const json = (value: unknown) => ({ language: "json", text: JSON.stringify(value, null, 2) });

const yaml = snippetIn("yaml");

const keyNote = ({ keyRequired }: Pick<Connection, "keyRequired">, what: string) =>
  keyRequired ? ` (and ${what})` : "";

const IN_VARIABLE = `one of your keys in the environment variable ${KEY_VARIABLE}`;

export const vscode: Client = {
  document: "https://code.visualstudio.com/docs/agent-customization/language-models",
  asOf: "July 2026",
  guide: ({ baseUrl, key, models }) => ({
    before:
      "In the model picker of VS Code's chat, choose Manage Language Models (the gear), Add Models, Custom Endpoint, with any name and " +
      "the API type Chat Completions. Put this into the file chatLanguageModels.json that opens:",
    snippet: json([
      {
        vendor: "customendpoint",
        name: PROGRAM,
        apiKey: key,
        apiType: "chat-completions",
        models: models.map(({ id, title, contextTokens, outputTokens }) => ({
          id,
          name: title,
          url: `${baseUrl}/chat/completions`,
          toolCalling: true,
          vision: true,
          maxInputTokens: contextTokens - outputTokens,
          maxOutputTokens: outputTokens,
        })),
      },
    ]),
    after: [
      "Where a new model is not in the picker, start VS Code again. A GitHub account or a Copilot plan is needed for suggestions as you type alone.",
      "Titles and commit messages are written by a model of their own: name one of these in the settings chat.utilityModel and chat.utilitySmallModel. Without, there are none.",
    ],
  }),
};

export const droid: Client = {
  document: "https://docs.factory.ai/model-independence/byok",
  asOf: "December 2026",
  guide: (connection) => ({
    before: `Put this into ~/.factory/settings.json, beside what is there${keyNote(connection, IN_VARIABLE)}.`,
    snippet: json({
      customModels: connection.models.map(({ id, title, outputTokens }) => ({
        model: id,
        displayName: title,
        baseUrl: connection.baseUrl,
        apiKey: keyOr(connection, `\${${KEY_VARIABLE}}`),
        provider: "generic-chat-completion-api",
        maxOutputTokens: outputTokens,
      })),
    }),
    after: ["Choose one by /model, under the custom models."],
  }),
};

export const junie: Client = {
  document: "https://junie.jetbrains.com/docs/custom-llm-models.html",
  asOf: "December 2026",
  guide: (connection) => ({
    before: `For Junie's CLI, put this into ~/.junie/models/${PROGRAM}.json${keyNote(connection, IN_VARIABLE)}.`,
    snippet: json({
      id: connection.model,
      baseUrl: `${connection.baseUrl}/messages`,
      apiType: "Anthropic",
      apiKey: keyOr(connection, `\${${KEY_VARIABLE}}`),
      fasterModel: { id: "claude-haiku-4" },
    }),
    after: [
      `Start it with junie --model custom:${PROGRAM}, or choose that by /model. The address is the whole one: Junie adds nothing to it.`,
      "This is for the CLI. In the IDE, JetBrains' help of 2026.2 has Junie activated by a subscription to JetBrains AI.",
    ],
  }),
};

export const libreChat: Client = {
  document: "https://www.librechat.ai/docs/quick_start/custom_endpoints",
  asOf: "December 2026",
  guide: (connection) => ({
    before: `Put this into librechat.yaml${keyNote(connection, `${KEY_VARIABLE}=YOUR_KEY into .env`)}, and start LibreChat again.`,
    snippet: yaml(
      "endpoints:",
      "  custom:",
      `    - name: "${PROGRAM}"`,
      `      apiKey: "${keyOr(connection, `\${${KEY_VARIABLE}}`)}"`,
      `      baseURL: "${connection.baseUrl}"`,
      `      models: { default: ["${connection.model}"], fetch: true }`,
      "      titleConvo: true",
      '      titleModel: "claude-haiku-4"',
      '      modelDisplayLabel: "Claude"',
    ),
    after: [
      `In Docker the file has to be mounted, and the address is another: ${PROGRAM} connect open-webui says which, and what the server has to know.`,
    ],
  }),
};

export const liteLlm: Client = {
  document: "https://docs.litellm.ai/docs/providers/openai_compatible",
  asOf: "October 2026",
  guide: (connection) => ({
    before: "Put this into the config.yaml of LiteLLM's proxy:",
    snippet: yaml(
      "model_list:",
      ...connection.models.flatMap(({ id }) => [
        `  - model_name: ${id}`,
        "    litellm_params:",
        `      model: openai/${id}`,
        `      api_base: ${connection.baseUrl}`,
        `      api_key: ${keyOr(connection, `os.environ/${KEY_VARIABLE}`)}`,
      ]),
    ),
    after: ["In Python, litellm.completion takes the same three: model, api_base and api_key."],
  }),
};

export const promptfoo: Client = {
  document: "https://www.promptfoo.dev/docs/providers/openai/",
  asOf: "promptfoo 0.123",
  guide: (connection) => ({
    before: "Put this into promptfooconfig.yaml, beside your prompts and tests:",
    snippet: yaml(
      "providers:",
      `  - id: openai:chat:${connection.model}`,
      "    config:",
      `      apiBaseUrl: ${connection.baseUrl}`,
      connection.keyRequired ? `      apiKeyEnvar: ${KEY_VARIABLE}` : `      apiKey: ${connection.key}`,
    ),
    after: [
      "OPENAI_BASE_URL and OPENAI_API_KEY in the environment do the same for all its providers of OpenAI's.",
      "For these the model's calls are the answer: results are not sent back. anthropic:messages does, for tools of MCP servers: " +
        "its apiBaseUrl is the same without /v1.",
    ],
  }),
};

/** It follows https://docs.continue.dev/customize/model-providers/top-level/openai and https://docs.continue.dev/reference. */
export const continueDev: Client = {
  document: "https://docs.continue.dev/customize/model-providers/top-level/openai",
  guide: (connection) => ({
    before:
      "Put this into ~/.continue/config.yaml, or only the models into a file that is there" +
      `${keyNote(connection, `${KEY_VARIABLE}=YOUR_KEY into ~/.continue/.env`)}.`,
    snippet: yaml(
      "name: claude-max-api",
      "version: 1.0.0",
      "schema: v1",
      "models:",
      ...chosenFirst(connection).flatMap(({ id, title, ...limits }) => [
        `  - name: ${title}`,
        "    provider: openai",
        `    model: ${id}`,
        `    apiBase: ${connection.baseUrl}`,
        `    apiKey: ${keyOr(connection, `\${{ secrets.${KEY_VARIABLE} }}`)}`,
        "    roles: [chat, edit, apply]",
        "    capabilities: [tool_use, image_input]",
        `    defaultCompletionOptions: { contextLength: ${limits.contextTokens}, maxTokens: ${limits.outputTokens} }`,
      ]),
    ),
    after: ["Completion while you type asks often and wants it fast: leave it to a model of your own machine."],
  }),
};

/** Zed makes the name of its variable for the key of this one: it becomes the one that the server reads its own from. */
const PROVIDER = "claude-max";

/** It follows https://zed.dev/docs/ai/use-api-access#openai-compatible. */
export const zed: Client = {
  document: "https://zed.dev/docs/ai/use-api-access#openai-compatible",
  guide: ({ baseUrl, key, keyRequired, models }) => ({
    before: "Put this into Zed's settings.json (command zed: open settings), beside what is there:",
    snippet: json({
      language_models: {
        openai_compatible: { [PROVIDER]: { api_url: baseUrl, available_models: models.map(entry) } },
      },
    }),
    after: [
      `The key has another place: enter ${key} in Settings, AI, LLM Providers${
        keyRequired ? `, or have it in the environment variable ${KEY_VARIABLE} where Zed starts` : ""
      }.`,
    ],
  }),
};

function entry({ id, title, contextTokens, outputTokens }: OfferedModel): object {
  return {
    name: id,
    display_name: title,
    max_tokens: contextTokens,
    max_output_tokens: outputTokens,
    capabilities: { tools: true, images: true, parallel_tool_calls: true, prompt_cache_key: false },
  };
}
