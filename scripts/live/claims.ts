import type { Claim } from "./claim.ts";
import { CONVERSATION } from "./claims/conversation.ts";
import { MODELS } from "./claims/models.ts";
import { THINKING } from "./claims/thinking.ts";
import { TOOLS } from "./claims/tools.ts";

export const CLAIMS: readonly Claim[] = [...MODELS, ...TOOLS, ...THINKING, ...CONVERSATION];
