import { PROGRAM } from "../../command.ts";
import type { Client } from "../client.ts";
import { type Connection, chosen, rootUrl } from "../connection.ts";

// Programs whose settings are a form: what to enter in each field.

type Form = Pick<Client, "document" | "asOf"> & {
  readonly before: string;
  readonly fields: (connection: Connection) => Readonly<Record<string, string>>;
  readonly after: (connection: Connection) => readonly string[];
};

function form({ document, asOf, before, fields, after }: Form): Client {
  return {
    document,
    asOf,
    guide: (connection) => {
      const entries = Object.entries(fields(connection));
      const width = Math.max(...entries.map(([name]) => name.length)) + 2;
      const text = entries.map(([name, value]) => name.padEnd(width) + value).join("\n");
      return { before, snippet: { language: "text", text }, after: after(connection) };
    },
  };
}

const usual = ({ baseUrl, key, model }: Connection) => ({ "Base URL": baseUrl, "API Key": key, "Model ID": model });

const IN_CONTAINER = `From a container the address is another: ${PROGRAM} connect open-webui says which, and what the server has to know.`;

export const rooCode: Client = form({
  document: "https://docs.roocode.com/providers/openai-compatible",
  asOf: "December 2026",
  before: 'In Roo Code\'s settings, choose the API provider "OpenAI Compatible", and enter:',
  fields: usual,
  after: (connection) => {
    const { contextTokens, outputTokens } = chosen(connection);
    return [
      `In the model's configuration there, switch on image support, and set the context window to ${contextTokens} and the maximum of ` +
        `output tokens to ${outputTokens}.`,
    ];
  },
});

export const jetbrains: Client = form({
  document: "https://www.jetbrains.com/help/ai-assistant/use-custom-models.html",
  asOf: "December 2026",
  before:
    "In Settings, Tools, AI Assistant, Models & API Keys (or Providers & API keys), choose the third-party provider " +
    '"OpenAI-compatible", and enter:',
  fields: ({ baseUrl, key, model }) => ({ URL: baseUrl, "API Key": key, Model: model }),
  after: () => ["Versions that ask the server for its models have no field for one: choose it in the chat."],
});

export const xcode: Client = form({
  document: "https://developer.apple.com/documentation/xcode/setting-up-coding-intelligence",
  asOf: "Xcode 26.3, December 2026",
  before:
    'In Xcode, Settings, Intelligence, choose "Add a Chat Provider" (or "Add a Model Provider"), Internet Hosted:',
  fields: ({ baseUrl, key }) => ({ URL: rootUrl(baseUrl), "API Key": key, "API Key Header": "x-api-key" }),
  after: ({ port }) => [
    `Where the server wants no key, Locally Hosted with the port ${port} does the same.`,
    "Xcode asks the server for its models: choose one in the coding assistant.",
  ],
});

export const n8n: Client = form({
  document: "https://docs.n8n.io/integrations/builtin/credentials/openai/",
  asOf: "December 2026",
  before: "In n8n, make a credential of the type OpenAI, and choose it in the node OpenAI Chat Model:",
  fields: ({ baseUrl, key, model }) => ({
    "API Key": key,
    "Base URL": baseUrl,
    Model: `${model} (in the node, by ID)`,
  }),
  after: () => [IN_CONTAINER, "n8n Cloud runs elsewhere, and cannot reach a server on your machine."],
});

export const anythingLlm: Client = form({
  document: "https://github.com/Mintplex-Labs/anything-llm/blob/master/docker/.env.example",
  asOf: "December 2026",
  before: 'In AnythingLLM\'s settings, choose the LLM provider "Generic OpenAI", and enter:',
  fields: (connection) => ({
    "Base URL": connection.baseUrl,
    "API Key": connection.key,
    "Chat Model Name": connection.model,
    "Token context window": String(chosen(connection).contextTokens),
  }),
  after: () => [
    IN_CONTAINER,
    "There, variables do the same: LLM_PROVIDER=generic-openai, GENERIC_OPEN_AI_BASE_PATH, GENERIC_OPEN_AI_API_KEY, " +
      "GENERIC_OPEN_AI_MODEL_PREF and GENERIC_OPEN_AI_MODEL_TOKEN_LIMIT.",
  ],
});

export const obsidianCopilot: Client = form({
  document: "https://github.com/logancyang/obsidian-copilot",
  asOf: "December 2026",
  before:
    'In Obsidian, Settings, Copilot, add a custom model of the provider "OpenAI Format" (older: "3rd party (openai-format)"):',
  fields: ({ baseUrl, key, model }) => ({ "Model Name": model, "Base URL": baseUrl, "API Key": key }),
  after: () => [
    `Switch on CORS in that form: then Obsidian asks as a program, and not as a web page. Otherwise the server needs ${PROGRAM} --allow-origin app://obsidian.md`,
  ],
});

export const cursor: Client = form({
  document: "https://ngrok.com/docs/gateway/examples/cursor-local-llm",
  asOf: "December 2026",
  before:
    "Cursor's own servers ask the address that you enter, so one of this machine cannot work. With a tunnel that makes the server public " +
    "by https, enter in Cursor Settings, Models, API Keys:",
  fields: ({ key, model }) => ({
    "OpenAI API Key": key,
    "Override OpenAI Base URL": "https://YOUR_TUNNEL/v1",
    "Add Custom Model": model,
  }),
  after: ({ port }) => [
    `The tunnel leads to port ${port}. Set a key first (--api-key-file): whoever finds the address could use your subscription otherwise. The server has to know the tunnel's name: --allowed-host YOUR_TUNNEL`,
    "It needs a paid plan of Cursor's; Agent mode and Tab do not take own keys, and while it is set all models of OpenAI's go there.",
    `What works without all that: an extension in Cursor that asks from your machine, such as ${PROGRAM} connect cline, or an agent in its terminal, such as ${PROGRAM} launch opencode.`,
  ],
});

/** It follows https://docs.cline.bot/provider-config/openai-compatible, and `cline auth --help` of its CLI 3.0. */
export const cline: Client = {
  document: "https://docs.cline.bot/provider-config/openai-compatible",
  asOf: "Cline's CLI 3.0",
  guide: (connection) => {
    const { baseUrl, key, model } = connection;
    const { contextTokens, outputTokens } = chosen(connection);
    return {
      before: 'In Cline\'s settings, choose the API provider "OpenAI Compatible", and enter:',
      snippet: {
        language: "text",
        text: [`Base URL  ${baseUrl}`, `API Key   ${key}`, `Model ID  ${model}`].join("\n"),
      },
      after: [
        `Cline's CLI takes the same: cline auth --provider openai-compatible --apikey ${key} --modelid ${model} --baseurl ${baseUrl}`,
        `In the model's configuration there, switch on "Supports Images", and set the context window to ${contextTokens} and the ` +
          `maximum of output tokens to ${outputTokens}.`,
      ],
    };
  },
};

/** It follows "OpenAI-Compatible" in Open WebUI's documentation, under Connect a Provider. */
export const openWebui: Client = {
  document: "https://docs.openwebui.com/getting-started/quick-start/connect-a-provider/starting-with-openai-compatible",
  guide: ({ baseUrl, key, port }) => ({
    before: "In Open WebUI: Settings, Admin, Connections, Manage OpenAI API Connections, Add Connection:",
    snippet: { language: "text", text: [`URL      ${baseUrl}`, `API Key  ${key}`].join("\n") },
    after: [
      "Leave the model ids empty: Open WebUI asks for the list. Before its first start, OPENAI_API_BASE_URL and OPENAI_API_KEY do the same.",
      `In Docker Desktop the URL is http://host.docker.internal:${port}/v1.`,
      "In Docker on Linux, start the container with --network=host: nothing else reaches a server that listens on this machine alone.",
    ],
  }),
};
