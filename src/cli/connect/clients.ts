import type { Client } from "./client.ts";
import type { ClientName } from "./client-names.ts";
import { aiSdk } from "./clients/ai-sdk.ts";
import { aider } from "./clients/aider.ts";
import { claudeCode } from "./clients/claude-code.ts";
import { cline } from "./clients/cline.ts";
import { codex } from "./clients/codex.ts";
import { continueDev } from "./clients/continue.ts";
import { copilot } from "./clients/copilot.ts";
import { crush } from "./clients/crush.ts";
import { curl } from "./clients/curl.ts";
import {
  anythingLlm,
  cursor,
  homeAssistant,
  jetbrains,
  n8n,
  obsidianCopilot,
  rooCode,
  xcode,
} from "./clients/forms.ts";
import { goose } from "./clients/goose.ts";
import { kilo } from "./clients/kilo.ts";
import { kimiCode } from "./clients/kimi-code.ts";
import { langchain } from "./clients/langchain.ts";
import { openWebui } from "./clients/open-webui.ts";
import { openaiNode } from "./clients/openai-node.ts";
import { openaiPython } from "./clients/openai-python.ts";
import { openclaw } from "./clients/openclaw.ts";
import { opencode } from "./clients/opencode.ts";
import { droid, junie, libreChat, liteLlm, promptfoo, vscode } from "./clients/pasted.ts";
import { pi } from "./clients/pi.ts";
import { qwenCode } from "./clients/qwen-code.ts";
import { anthropicNode, anthropicPython, openaiAgents } from "./clients/sdks.ts";
import { zed } from "./clients/zed.ts";

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
