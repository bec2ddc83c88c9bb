import type { Client } from "./client.ts";
import type { ClientName } from "./client-names.ts";
import { codex } from "./clients/codex.ts";
import { curl } from "./clients/curl.ts";
import * as forms from "./clients/forms.ts";
import { kilo } from "./clients/kilo.ts";
import { kimiCode } from "./clients/kimi-code.ts";
import { openclaw } from "./clients/openclaw.ts";
import { opencode } from "./clients/opencode.ts";
import * as pasted from "./clients/pasted.ts";
import { pi } from "./clients/pi.ts";
import { qwenCode } from "./clients/qwen-code.ts";
import * as sdks from "./clients/sdks.ts";
import * as variables from "./clients/variables.ts";

export const CLIENTS: Readonly<Record<ClientName, Client>> = {
  openclaw,
  opencode,
  codex,
  "claude-code": variables.claudeCode,
  copilot: variables.copilot,
  "kimi-code": kimiCode,
  "qwen-code": qwenCode,
  pi,
  kilo,
  cline: forms.cline,
  continue: pasted.continueDev,
  aider: variables.aider,
  goose: variables.goose,
  crush: variables.crush,
  droid: pasted.droid,
  "roo-code": forms.rooCode,
  vscode: pasted.vscode,
  zed: pasted.zed,
  jetbrains: forms.jetbrains,
  junie: pasted.junie,
  xcode: forms.xcode,
  cursor: forms.cursor,
  "open-webui": forms.openWebui,
  librechat: pasted.libreChat,
  anythingllm: forms.anythingLlm,
  "obsidian-copilot": forms.obsidianCopilot,
  "home-assistant": forms.homeAssistant,
  n8n: forms.n8n,
  litellm: pasted.liteLlm,
  promptfoo: pasted.promptfoo,
  "openai-python": sdks.openaiPython,
  "openai-node": sdks.openaiNode,
  "openai-agents": sdks.openaiAgents,
  "anthropic-python": sdks.anthropicPython,
  "anthropic-node": sdks.anthropicNode,
  "ai-sdk": sdks.aiSdk,
  langchain: sdks.langchain,
  curl,
};
