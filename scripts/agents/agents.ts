import type { Agent } from "./agent.ts";
import { claudeCode } from "./programs/claude-code.ts";
import { cline } from "./programs/cline.ts";
import { codex } from "./programs/codex.ts";
import { continueDev } from "./programs/continue.ts";
import { copilot } from "./programs/copilot.ts";
import { kilo } from "./programs/kilo.ts";
import { kimi } from "./programs/kimi.ts";
import { openclaw } from "./programs/openclaw.ts";
import { opencode } from "./programs/opencode.ts";
import { pi } from "./programs/pi.ts";
import { qwenCode } from "./programs/qwen-code.ts";

export const AGENTS: readonly Agent[] = [
  claudeCode,
  codex,
  opencode,
  cline,
  openclaw,
  kimi,
  qwenCode,
  pi,
  kilo,
  continueDev,
  copilot,
];
