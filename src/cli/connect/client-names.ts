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
  "open-webui": "Open WebUI",
  zed: "Zed",
  "openai-python": "OpenAI's SDK for Python",
  "openai-node": "OpenAI's SDK for JavaScript and TypeScript",
  "ai-sdk": "AI SDK",
  langchain: "LangChain for JavaScript and TypeScript",
  curl: "curl",
} as const;

export type ClientName = keyof typeof CLIENT_TITLES;

export function isClientName(word: string): word is ClientName {
  return Object.hasOwn(CLIENT_TITLES, word);
}
