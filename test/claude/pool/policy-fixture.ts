// Processes as the choice among them sees them, and requests.
import type { Demand, ProcessView, Resting } from "../../../src/claude/pool/choice.ts";
import { chooseProcess } from "../../../src/claude/pool/policy.ts";
import type { TranscriptEntry } from "../../../src/claude/pool/transcript.ts";
import type { Turn } from "../../../src/core/request.ts";
import { profileFor, SETTINGS } from "./turns.ts";

/** An idle process of system prompt S, which remembers nothing, unless something else is said. */
export const view = (fields: Partial<ProcessView> = {}): ProcessView => ({
  profile: profileFor("S"),
  model: "opus",
  transcript: [],
  rebinds: true,
  settles: false,
  openCalls: new Set(),
  settings: SETTINGS,
  ...fields,
});

/** Not even initialised. */
export const raw = (fields: Partial<ProcessView> = {}) =>
  view({ profile: undefined, model: undefined, settings: undefined, ...fields });

export const demand = (turns: readonly Turn[], fields: Partial<Demand> = {}): Demand => ({
  profile: profileFor("S"),
  model: "opus",
  turns,
  settings: SETTINGS,
  ...fields,
});

/** What is chosen where no process can be started from a transcript. */
export function choose(resting: Partial<Resting<ProcessView>>, request: Demand) {
  const choice = chooseProcess({ parked: [], idle: [], warm: [], ...resting }, request);
  if (choice.type === "restore") throw new Error("a process would be started from a transcript");
  return choice;
}

/** A conversation, told by its texts in turn; those of the assistant are in angle brackets. */
export const turnsOf = (...texts: string[]): Turn[] =>
  texts.map((text) => ({ role: text.startsWith("<") ? "assistant" : "user", content: [{ type: "text", text }] }));

/** What a process remembers; `<?>` is an answer that it remembers differently than the client was told. */
export const rememberTexts = (...texts: string[]): TranscriptEntry[] =>
  turnsOf(...texts).map((turn, index) => {
    if (turn.role === "user") return { role: "user", turn, uuid: `uuid-${index}` };
    return { role: "assistant", turn: texts[index] === "<?>" ? undefined : turn, written: true };
  });
