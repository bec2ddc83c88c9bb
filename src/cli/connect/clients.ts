import type { Client } from "./client.ts";
import type { ClientName } from "./client-names.ts";
import { aiSdk } from "./clients/ai-sdk.ts";
import { aider } from "./clients/aider.ts";
import { cline } from "./clients/cline.ts";
import { codex } from "./clients/codex.ts";
import { continueDev } from "./clients/continue.ts";
import { curl } from "./clients/curl.ts";
import { langchain } from "./clients/langchain.ts";
import { openWebui } from "./clients/open-webui.ts";
import { openaiNode } from "./clients/openai-node.ts";
import { openaiPython } from "./clients/openai-python.ts";
import { openclaw } from "./clients/openclaw.ts";
import { opencode } from "./clients/opencode.ts";
import { zed } from "./clients/zed.ts";

export const CLIENTS: Readonly<Record<ClientName, Client>> = {
  openclaw,
  opencode,
  codex,
  cline,
  continue: continueDev,
  aider,
  "open-webui": openWebui,
  zed,
  "openai-python": openaiPython,
  "openai-node": openaiNode,
  "ai-sdk": aiSdk,
  langchain,
  curl,
};
