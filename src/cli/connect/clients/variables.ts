import type { Client, Snippet } from "../client.ts";
import { type Connection, rootUrl } from "../connection.ts";

// Programs that are told all of it by variables of their environment.

/** It follows https://code.claude.com/docs/en/llm-gateway, as of Claude Code 2.1.332. */
export const claudeCode: Client = {
  document: "https://code.claude.com/docs/en/llm-gateway",
  asOf: "Claude Code 2.1.332",
  launch: ({ baseUrl, key }, wanted) => ({
    command: "claude",
    // An API key in the environment would be sent beside the token.
    env: { ANTHROPIC_BASE_URL: rootUrl(baseUrl), ANTHROPIC_AUTH_TOKEN: key, ANTHROPIC_API_KEY: undefined },
    args: wanted === undefined ? [] : ["--model", wanted],
  }),
  guide: ({ baseUrl, key }, platform) => ({
    before: "Set two variables in the shell in which you start it, without /v1 in the address:",
    snippet: variablesSnippet({ ANTHROPIC_BASE_URL: rootUrl(baseUrl), ANTHROPIC_AUTH_TOKEN: key }, "claude", platform),
    after: [
      "That is for a Claude Code on another machine, or in a container without a login: where you are logged in, it needs no server. Its models keep their names.",
      "In the env of ~/.claude/settings.json the variables would count for every Claude Code that you start.",
    ],
  }),
};

/** It follows https://docs.github.com/en/copilot/how-tos/copilot-cli/customize-copilot/use-byok-models, and `copilot help providers` of 1.0. */
export const copilot: Client = {
  document: "https://docs.github.com/en/copilot/how-tos/copilot-cli/customize-copilot/use-byok-models",
  asOf: "Copilot CLI 1.0",
  launch: (connection) => ({ command: "copilot", env: copilotVariables(connection), args: [] }),
  guide: (connection, platform) => ({
    before: "Set these variables in the shell in which you start it:",
    snippet: variablesSnippet(copilotVariables(connection), "copilot", platform),
    after: [
      "It needs no login at GitHub then. COPILOT_OFFLINE=true keeps it from asking GitHub for anything.",
      "COPILOT_PROVIDER_WIRE_API=responses has it speak the Responses API, and COPILOT_PROVIDER_TRANSPORT=websockets that over one connection.",
    ],
  }),
};

function copilotVariables({ baseUrl, key, model }: Connection): Record<string, string> {
  return { COPILOT_PROVIDER_BASE_URL: baseUrl, COPILOT_PROVIDER_API_KEY: key, COPILOT_MODEL: model };
}

/** It follows https://aider.chat/docs/llms/openai-compat.html. */
export const aider: Client = {
  document: "https://aider.chat/docs/llms/openai-compat.html",
  launch: ({ baseUrl, key, model }) => ({
    command: "aider",
    env: { OPENAI_API_BASE: baseUrl, OPENAI_API_KEY: key },
    args: ["--model", `openai/${model}`],
  }),
  guide: ({ baseUrl, key, model }) => ({
    before: "Set two variables, and put openai/ before the model's name:",
    snippet: variablesSnippet(
      { OPENAI_API_BASE: baseUrl, OPENAI_API_KEY: key },
      `aider --model openai/${model}`,
      "posix",
    ),
    after: [
      `On Windows: setx OPENAI_API_BASE ${baseUrl}, setx OPENAI_API_KEY ${key}, and a new window.`,
      "Instead of variables, openai-api-base, openai-api-key and model can stand in .aider.conf.yml.",
    ],
  }),
};

/** It follows https://goose-docs.ai/docs/getting-started/providers and /docs/guides/environment-variables, as of November 2026. */
export const goose: Client = {
  document: "https://goose-docs.ai/docs/getting-started/providers",
  asOf: "November 2026",
  launch: (connection) => ({ command: "goose", env: gooseVariables(connection), args: [] }),
  guide: (connection, platform) => ({
    before:
      "Set these variables in the shell in which you start it; goose wants the address without /v1, and the path apart:",
    snippet: variablesSnippet(gooseVariables(connection), "goose session", platform),
    after: [
      "goose configure asks for the same under Configure Providers, OpenAI. All but the key may stand in ~/.config/goose/config.yaml.",
    ],
  }),
};

function gooseVariables({ baseUrl, key, model }: Connection): Record<string, string> {
  return {
    GOOSE_PROVIDER: "openai",
    GOOSE_MODEL: model,
    OPENAI_HOST: rootUrl(baseUrl),
    OPENAI_BASE_PATH: "v1/chat/completions",
    OPENAI_API_KEY: key,
  };
}

/** Both variables are named by Crush's catalogue of providers, charmbracelet/catwalk, in the entry for Anthropic, as of Crush 0.96. */
export const crush: Client = {
  document: "https://github.com/charmbracelet/catwalk",
  asOf: "Crush 0.96",
  launch: ({ baseUrl, key }) => ({ command: "crush", env: crushVariables(rootUrl(baseUrl), key), args: [] }),
  guide: ({ baseUrl, key }, platform) => ({
    before: "Set two variables in the shell in which you start it, without /v1 in the address:",
    snippet: variablesSnippet(crushVariables(rootUrl(baseUrl), key), "crush", platform),
    after: [
      "Choose a model of Anthropic's in it. Models keep their names; a model that your account does not have is a 404.",
    ],
  }),
};

function crushVariables(url: string, key: string): Record<string, string> {
  return { ANTHROPIC_API_ENDPOINT: url, ANTHROPIC_API_KEY: key };
}

/** A snippet for a shell that sets variables, and then starts the program; for PowerShell on Windows. */
function variablesSnippet(variables: Readonly<Record<string, string>>, command: string, platform: string): Snippet {
  const isWindows = platform === "win32";
  const lines = Object.entries(variables).map(([name, value]) =>
    isWindows ? `$env:${name} = "${value}"` : `export ${name}=${value}`,
  );
  return { language: isWindows ? "powershell" : "sh", text: [...lines, command].join("\n") };
}
