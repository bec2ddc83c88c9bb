import type { Client } from "./client.ts";
import type { ClientName } from "./client-names.ts";
import { codex } from "./clients/codex.ts";
import { curl } from "./clients/curl.ts";
import {
  anythingLlm,
  cline,
  cursor,
  homeAssistant,
  jetbrains,
  n8n,
  obsidianCopilot,
  openWebui,
  rooCode,
  xcode,
} from "./clients/forms.ts";
import { kilo } from "./clients/kilo.ts";
import { kimiCode } from "./clients/kimi-code.ts";
import { openclaw } from "./clients/openclaw.ts";
import { opencode } from "./clients/opencode.ts";
import { continueDev, droid, junie, libreChat, liteLlm, promptfoo, vscode, zed } from "./clients/pasted.ts";
import { pi } from "./clients/pi.ts";
import { qwenCode } from "./clients/qwen-code.ts";
import {
  aiSdk,
  anthropicNode,
  anthropicPython,
  langchain,
  openaiAgents,
  openaiNode,
  openaiPython,
} from "./clients/sdks.ts";
import { aider, claudeCode, copilot, crush, goose } from "./clients/variables.ts";

export const CLIENTS: Readonly<Record<ClientName, Client>> = {
  openclaw,
  opencode,
  codex,
  "claude-code": claudeCode,
  copilot,
  "kimi-code": kimiCode,
  "qwen-code": qwenCode,
  pi,
  kilo,
  cline,
  continue: continueDev,
  aider,
  goose,
  crush,
  droid,
  "roo-code": rooCode,
  vscode,
  zed,
  jetbrains,
  junie,
  xcode,
  cursor,
  "open-webui": openWebui,
  librechat: libreChat,
  anythingllm: anythingLlm,
  "obsidian-copilot": obsidianCopilot,
  "home-assistant": homeAssistant,
  n8n,
  litellm: liteLlm,
  promptfoo,
  "openai-python": openaiPython,
  "openai-node": openaiNode,
  "openai-agents": openaiAgents,
  "anthropic-python": anthropicPython,
  "anthropic-node": anthropicNode,
  "ai-sdk": aiSdk,
  langchain,
  curl,
};
