/** Every program that `connect` knows, by the word that names it, in the order in which they are listed. */
export const CLIENT_TITLES = {
  openclaw: "OpenClaw",
  opencode: "opencode",
  codex: "Codex",
  "claude-code": "Claude Code",
  copilot: "GitHub Copilot CLI",
  "kimi-code": "Kimi Code",
  "qwen-code": "Qwen Code",
  pi: "pi",
  kilo: "Kilo Code",
  cline: "Cline",
  continue: "Continue",
  aider: "aider",
  goose: "goose",
  crush: "Crush",
  droid: "droid",
  "roo-code": "Roo Code",
  vscode: "VS Code",
  zed: "Zed",
  jetbrains: "JetBrains AI Assistant",
  junie: "Junie",
  xcode: "Xcode",
  cursor: "Cursor",
  "open-webui": "Open WebUI",
  librechat: "LibreChat",
  anythingllm: "AnythingLLM",
  "obsidian-copilot": "Copilot for Obsidian",
  "home-assistant": "Home Assistant",
  n8n: "n8n",
  litellm: "LiteLLM",
  promptfoo: "promptfoo",
  "openai-python": "OpenAI's SDK for Python",
  "openai-node": "OpenAI's SDK for JavaScript and TypeScript",
  "openai-agents": "OpenAI's Agents SDK",
  "anthropic-python": "Anthropic's SDK for Python",
  "anthropic-node": "Anthropic's SDK for JavaScript and TypeScript",
  "ai-sdk": "AI SDK",
  langchain: "LangChain for JavaScript and TypeScript",
  curl: "curl",
} as const;

export type ClientName = keyof typeof CLIENT_TITLES;

export function isClientName(word: string): word is ClientName {
  return Object.hasOwn(CLIENT_TITLES, word);
}

/** The words that start these programs. */
const COMMANDS: Readonly<Record<string, ClientName>> = {
  claude: "claude-code",
  kimi: "kimi-code",
  qwen: "qwen-code",
};

/** The program that a word means: `Claude Code`, `claude_code` and `claude-code` are the same. */
export function clientNamed(word: string): ClientName | undefined {
  const wanted = bare(word);
  const found = Object.entries(CLIENT_TITLES).find(([name, title]) => [bare(name), bare(title)].includes(wanted))?.[0];
  if (found !== undefined && isClientName(found)) return found;
  return Object.hasOwn(COMMANDS, wanted) ? COMMANDS[wanted] : undefined;
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Those that `launch` can start with all that they need. */
export const LAUNCHABLE = [
  "opencode",
  "codex",
  "claude-code",
  "copilot",
  "kimi-code",
  "qwen-code",
  "kilo",
  "aider",
  "goose",
  "crush",
] as const satisfies readonly ClientName[];
