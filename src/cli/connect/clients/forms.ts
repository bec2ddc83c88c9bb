import { PROGRAM } from "../../command.ts";
import type { Client, Snippet } from "../client.ts";
import { type Connection, chosen, rootUrl } from "../connection.ts";

// Programs whose settings are a form: what to enter in each field.

type Form = Pick<Client, "document" | "asOf"> & {
  readonly before: string;
  readonly fields: (connection: Connection) => Readonly<Record<string, string>>;
  readonly after: (connection: Connection) => readonly string[];
};

function form({ before, fields, after, ...source }: Form): Client {
  return {
    ...source,
    guide: (connection) => ({ before, snippet: fieldsOf(fields(connection)), after: after(connection) }),
  };
}

/** The fields, one a line, with their values below each other. */
function fieldsOf(fields: Readonly<Record<string, string>>): Snippet {
  const entries = Object.entries(fields);
  const width = Math.max(...entries.map(([name]) => name.length)) + 2;
  return { language: "text", text: entries.map(([name, value]) => name.padEnd(width) + value).join("\n") };
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
  asOf: "AI Assistant 2026.2",
  before:
    "In Settings, Tools, AI Assistant, Providers & API keys, under Third-party AI providers, choose the provider " +
    '"OpenAI-compatible", and enter:',
  fields: ({ baseUrl, key }) => ({ URL: baseUrl, "API Key": key, "Tool calling": "on" }),
  after: (connection) => [
    "Press Test Connection, then Apply. The server's models are in the chat's model selector then.",
    `For other features than the chat, name a model on the same settings page under Models Assignment, such as ${connection.model}, with a context ` +
      `window of ${chosen(connection).contextTokens} (64,000 tokens when nothing is said). Code completion and next edit suggestions go on with JetBrains' own models.`,
    "It works without a subscription to JetBrains AI, too: where the AI Chat asks for one, choose to bring your own API key, the provider " +
      `"OpenAI-compatible", and enter the same, and the model ${connection.model}.`,
  ],
});

export const xcode: Client = {
  document: "https://developer.apple.com/documentation/xcode/setting-up-coding-intelligence",
  asOf: "Xcode 27",
  guide: (connection) => {
    const { baseUrl, key, keyRequired, port } = connection;
    const isLocal = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])[:/]/.test(baseUrl);
    const [kind, fields] =
      isLocal && !keyRequired
        ? ["Locally Hosted", { Port: String(port), Description: PROGRAM }]
        : ["Internet Hosted", { URL: rootUrl(baseUrl), "API Key": key, "API Key Header": "x-api-key" }];
    return {
      before: `In Xcode, Settings, Intelligence, under Chat, press "Add a Chat Provider", and choose ${kind}:`,
      snippet: fieldsOf(fields),
      after: [
        "Xcode asks the server for its models: choose one in the coding assistant.",
        ...(kind === "Locally Hosted"
          ? ["Where the server wants a key, choose Internet Hosted: that form has a field for one."]
          : []),
      ],
    };
  },
};

export const n8n: Client = form({
  document: "https://docs.n8n.io/integrations/builtin/credentials/openai/",
  asOf: "n8n 2.41, December 2026",
  before: "In n8n, make a credential of the type OpenAI, and choose it in the node OpenAI Chat Model:",
  fields: ({ baseUrl, key, model }) => ({
    "API Key": key,
    "Base URL": baseUrl,
    Model: `${model} (in the node, by ID)`,
  }),
  after: () => [
    "The node Anthropic Chat Model works, too: its credential takes the address without /v1. Where the model thinks, n8n sends the arguments of its calls " +
      "back empty there, so the model does not see what it had asked for.",
    IN_CONTAINER,
    "n8n Cloud runs elsewhere, and cannot reach a server on your machine.",
  ],
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
  document: "https://cursor.com/help/models-and-usage/api-keys",
  asOf: "December 2026",
  before:
    "Cursor sends all requests by its own servers, so an address of this machine cannot work. With a tunnel that makes the server public " +
    "by https, enter in Cursor Settings, Models, under API Keys:",
  fields: ({ key, model }) => ({
    "OpenAI API Key": key,
    "Override OpenAI Base URL": "https://YOUR_TUNNEL/v1",
    "Add Custom Model": model,
  }),
  after: ({ port }) => [
    `The tunnel leads to port ${port}. Set a key first (--api-key-file): whoever finds the address could use your subscription otherwise. The server has to know the tunnel's name: --allowed-host YOUR_TUNNEL`,
    "Own keys are for chat models alone: Tab goes on with Cursor's. On Teams and Enterprise plans Cursor charges its token rate for these requests, too.",
    "Cursor's help does not tell of the address. What is said of it here is from makers of gateways, who also say that it needs a paid plan, that it holds for all models " +
      "of OpenAI's at once, and that Agent mode does not use it: https://ngrok.com/docs/ai-gateway/agents/cursor, https://docs.merge.dev/merge-gateway/coding-agents/cursor",
    `What works without all that: an extension in Cursor that asks from your machine, such as ${PROGRAM} connect cline, or an agent in its terminal, such as ${PROGRAM} launch opencode.`,
  ],
});

export const homeAssistant: Client = form({
  document: "https://github.com/skye-harris/hass_local_openai_llm",
  asOf: "August 2026",
  before:
    "Home Assistant's own OpenAI integration takes a key, and no address. The custom integration Local OpenAI LLM takes one: install it by HACS. Then, in " +
    "Settings, Devices & Services, Add Integration, Local OpenAI LLM:",
  fields: ({ baseUrl, key }) => ({
    "Server Name": PROGRAM,
    "Server URL": baseUrl,
    "API key": key,
    "Server Type": "Generic OpenAI-Compatible",
  }),
  after: ({ model }) => [
    `Add a conversation agent there, with the model ${model}, and Assist as its tool provider if it may see and control your devices: those that you expose to it. ` +
      'Choose it in Settings, Voice Assistants, under "Conversation agent".',
    "Where Home Assistant runs on another machine, the server has to listen for it, with a key, and the address is that of this machine: docs/other-machines.md. " +
      IN_CONTAINER,
    'Another custom integration, Extended OpenAI Conversation, takes the same as "API Key" and "Base Url": https://github.com/jekalmin/extended_openai_conversation',
  ],
});

/** It follows https://docs.cline.bot/provider-config/openai-compatible, and `cline auth --help` of its CLI 3.0. */
export const cline: Client = form({
  document: "https://docs.cline.bot/provider-config/openai-compatible",
  asOf: "Cline's CLI 3.0",
  before: 'In Cline\'s settings, choose the API provider "OpenAI Compatible", and enter:',
  fields: usual,
  after: (connection) => {
    const { baseUrl, key, model } = connection;
    const { contextTokens, outputTokens } = chosen(connection);
    return [
      `Cline's CLI takes the same: cline auth --provider openai-compatible --apikey ${key} --modelid ${model} --baseurl ${baseUrl}`,
      `In the model's configuration there, switch on "Supports Images", and set the context window to ${contextTokens} and the ` +
        `maximum of output tokens to ${outputTokens}.`,
    ];
  },
});

/** It follows "OpenAI-Compatible" in Open WebUI's documentation, under Connect a Provider. */
export const openWebui: Client = form({
  document: "https://docs.openwebui.com/getting-started/quick-start/connect-a-provider/starting-with-openai-compatible",
  before: "In Open WebUI: Settings, Admin, Connections, Manage OpenAI API Connections, Add Connection:",
  fields: ({ baseUrl, key }) => ({ URL: baseUrl, "API Key": key }),
  after: ({ port }) => [
    "Leave the model ids empty: Open WebUI asks for the list. Before its first start, OPENAI_API_BASE_URL and OPENAI_API_KEY do the same.",
    `In Docker Desktop the URL is http://host.docker.internal:${port}/v1.`,
    "In Docker on Linux, start the container with --network=host: nothing else reaches a server that listens on this machine alone.",
  ],
});
