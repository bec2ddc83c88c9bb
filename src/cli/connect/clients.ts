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
import { goose } from "./clients/goose.ts";
import { kilo } from "./clients/kilo.ts";
import { kimiCode } from "./clients/kimi-code.ts";
import { langchain } from "./clients/langchain.ts";
import { openWebui } from "./clients/open-webui.ts";
import { openaiNode } from "./clients/openai-node.ts";
import { openaiPython } from "./clients/openai-python.ts";
import { openclaw } from "./clients/openclaw.ts";
import { opencode } from "./clients/opencode.ts";
import { pi } from "./clients/pi.ts";
import { qwenCode } from "./clients/qwen-code.ts";
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
  "open-webui": openWebui,
  zed,
  "openai-python": openaiPython,
  "openai-node": openaiNode,
  "ai-sdk": aiSdk,
  langchain,
  curl,
};
