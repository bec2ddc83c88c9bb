// Conversations, what a process remembers of them, and what a request asks for beside them.
import { profileOf } from "../../../src/claude/pool/profile.ts";
import type { TranscriptEntry } from "../../../src/claude/pool/transcript.ts";
import type { TurnSettings } from "../../../src/claude/pool/turn-settings.ts";
import { adaptOutputSchema } from "../../../src/claude/schemas/output-schema.ts";
import type { ChatRequest, ContentBlock, ToolResultBlock, Turn } from "../../../src/core/request.ts";

export const REQUEST: ChatRequest = {
  model: "opus",
  system: "",
  turns: [],
  tools: [],
  toolChoice: { type: "auto" },
  parallelToolCalls: true,
  stop: [],
};
/** Structured output goes by the CLI's tool. */
export const profileFor = (system: string, fields: Partial<ChatRequest> = {}) => {
  const schema = fields.outputFormat && adaptOutputSchema(fields.outputFormat.schema);
  return profileOf({ ...REQUEST, system, ...fields }, schema && { type: "tool", schema });
};

export const SETTINGS: TurnSettings = {
  effort: undefined,
  maxOutputTokens: undefined,
  stop: [],
  toolChoice: { type: "auto" },
  parallelToolCalls: true,
};

export const user = (...content: ContentBlock[]): Turn => ({ role: "user", content });
export const assistant = (...content: ContentBlock[]): Turn => ({ role: "assistant", content });
export const text = (words: string): ContentBlock => ({ type: "text", text: words });
export const image = (data: string): ContentBlock => ({
  type: "image",
  mediaType: "image/png",
  data,
  width: 1,
  height: 1,
});
export const call = (id: string, args = "{}"): ContentBlock => ({ type: "tool-call", id, name: "f", args });
export const result = (callId: string, words = `of ${callId}`): ToolResultBlock => ({
  type: "tool-result",
  callId,
  content: [{ type: "text", text: words }],
});

/** What a process remembers that was asked these questions and gave these answers. */
export const remember = (...turns: Turn[]): TranscriptEntry[] =>
  turns.map((turn, index) =>
    turn.role === "user" ? { role: "user", turn, uuid: `uuid-${index}` } : { role: "assistant", turn, written: true },
  );
