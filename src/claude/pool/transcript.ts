import { attempt } from "../../core/attempt.ts";
import { isJsonObject, parseJsonObject, sameJson } from "../../core/json.ts";
import type { ContentBlock, Tool, ToolCallBlock, Turn } from "../../core/request.ts";
import { toolCallsOf } from "../../core/tool-calls.ts";
import { isBlank, signatureOf, textOf, thinkingOf } from "../../core/turns.ts";
import type { Restored } from "../session/restorer.ts";

/**
 * What a process remembers, turn by turn.
 * - A user's turn has the `uuid` that it was sent with: the CLI can be rewound to just before it. Results of calls have none, where the CLI
 *   put them together itself. Behind the turn with `tellsEnvironment` the CLI told the model of its environment.
 * - An assistant's turn is undefined where the process remembers something else than the client was told. `written`: the model wrote it here.
 */
export type TranscriptEntry =
  | {
      readonly role: "user";
      readonly turn: Turn;
      readonly uuid: string | undefined;
      readonly tellsEnvironment?: boolean;
    }
  | { readonly role: "assistant"; readonly turn: Turn | undefined; readonly written?: boolean };

/** By the id that the client gives a call: the one by which the process knows it. Those that agree are left out. */
export type OwnIds = ReadonlyMap<string, string>;

/** How many leading turns of a conversation a process remembers, and which calls in them the client calls otherwise. */
export type Match = { readonly length: number; readonly ownIds: OwnIds };

type MatchOptions = {
  /** The client's, by whose schemas it reads the arguments of calls. */
  readonly tools?: readonly Tool[];
  /** Whether texts at the end of a user's turn need not be told again. Default false. */
  readonly allowsDropped?: boolean;
};

/** What a process remembers that was started with a conversation. */
export function transcriptOf({
  turns,
  uuids,
  environmentAt,
}: Pick<Restored, "turns" | "uuids" | "environmentAt">): TranscriptEntry[] {
  return turns.map((turn, index): TranscriptEntry => {
    if (turn.role === "assistant") return { role: "assistant", turn };
    return { role: "user", turn, uuid: uuids[index], ...(index === environmentAt && { tellsEnvironment: true }) };
  });
}

/** Behind which turn the model was told of the CLI's environment; undefined: it was not yet. */
export function environmentIn(entries: readonly TranscriptEntry[]): number | undefined {
  const place = entries.findIndex((entry) => entry.role === "user" && entry.tellsEnvironment);
  return place === -1 ? undefined : place;
}

export const NO_MATCH: Match = { length: 0, ownIds: new Map() };

/**
 * Compares by content: texts, images, calls and results, and ids. What a client says is compared to the letter. What it says that
 * the model wrote may differ where clients are known to change it without meaning to: see {@link sameAsTold}.
 */
export function matchTranscript(
  entries: readonly TranscriptEntry[],
  turns: readonly Turn[],
  { tools = [], allowsDropped = false }: MatchOptions = {},
): Match {
  const ownIds = new Map<string, string>();
  let length = 0;
  for (const entry of entries) {
    const turn = turns[length];
    if (turn === undefined || !remembers(entry, turn, ownIds, { tools, allowsDropped })) break;
    length++;
  }
  return { length, ownIds };
}

/** The turn with the results of calls under the ids by which the process knows the calls. */
export function withOwnIds(turn: Turn, ownIds: OwnIds): Turn {
  if (ownIds.size === 0 || turn.role !== "user") return turn;
  const renamed = turn.content.map((block): ContentBlock => {
    const own = block.type === "tool-result" ? ownIds.get(block.callId) : undefined;
    return own === undefined || block.type !== "tool-result" ? block : { ...block, callId: own };
  });
  return { ...turn, content: renamed };
}

/** The question, or the results of calls, that the request ends with. */
export function questionOf({ turns, ownIds }: { turns: readonly Turn[]; ownIds: OwnIds }): Turn {
  const question = turns.at(-1);
  if (question?.role !== "user") throw new Error("a conversation must end with a user's turn");
  return withOwnIds(question, ownIds);
}

/**
 * A conversation of so few characters (about a thousand tokens) is not worth a process of its own: it is fed to another in a few
 * milliseconds, and Anthropic's prompt cache takes no prefix that short.
 */
const LIGHT = 4_000;

/** Whether all that a process remembers is of at most so many characters, images and files included. */
export function isLight(entries: readonly TranscriptEntry[], characters = LIGHT): boolean {
  let left = characters;
  for (const { turn } of entries) {
    for (const block of turn?.content ?? []) left -= sizeOf(block);
    if (left < 0) return false;
  }
  return true;
}

/** Whether nothing would be lost but a question and its answer, with which most of those who ask one do not go on. */
export function isAskedOnce(transcript: readonly TranscriptEntry[]): boolean {
  return transcript.length <= 2;
}

function sizeOf(block: ContentBlock): number {
  if (block.type === "text") return block.text.length;
  if (block.type === "thinking" && "redacted" in block) return block.redacted.length;
  if (block.type === "thinking") return block.text.length + block.signature.length;
  if (block.type === "image") return block.data.length;
  if (block.type === "document") return (block.source.type === "pdf" ? block.source.data : block.source.text).length;
  if (block.type === "native") return JSON.stringify(block.block).length;
  if (block.type === "tool-call") return block.name.length + block.args.length;
  return block.content.reduce((sum, part) => sum + sizeOf(part), 0);
}

function remembers(
  entry: TranscriptEntry,
  turn: Turn,
  ownIds: Map<string, string>,
  { tools, allowsDropped }: Required<MatchOptions>,
): boolean {
  if (entry.turn === undefined || entry.role !== turn.role) return false;
  const told = withOwnIds(turn, ownIds).content;
  if (sameJson(entry.turn.content, told)) return true;
  if (entry.role === "user") return allowsDropped && droppedText(entry.turn.content, told);
  if (entry.written === true) return sameAsTold(entry.turn, turn, ownIds, tools);
  // It was told with what the model thought, which some clients leave out later.
  return thinkingOf(turn).length === 0 && sameJson(withoutThinking(entry.turn), turn.content);
}

/** Whether the user's turn is told again without texts at its end. */
function droppedText(own: readonly ContentBlock[], told: readonly ContentBlock[]): boolean {
  const isBeginning = told.length > 0 && sameJson(own.slice(0, told.length), told);
  return isBeginning && own.slice(told.length).every(({ type }) => type === "text");
}

/**
 * Whether this is the answer that a client was told, as it may tell it again:
 * - the text of all blocks in one piece, and none at all, null or empty, where it is blank;
 * - white space at the end of the text lost, or added, as where what the API's tools did parts two texts;
 * - the arguments of calls, which are JSON objects, written anew, or as the client has read them: see {@link sameCall};
 * - ids of calls replaced by others, each by one of its own and none by that of another call, nor by one of the API's: then `ownIds`
 *   learns them;
 * - thinking, what the API's own tools did, and what texts rest on, left out: most clients have no place for these. What the API's tools
 *   did is all told again, or not at all. Thinking that is told is this answer's: by its signature, wherever it stands.
 */
function sameAsTold(answer: Turn, turn: Turn, ownIds: Map<string, string>, tools: readonly Tool[]): boolean {
  if (!sameText(answer, turn)) return false;
  const [ownNative, toldNative] = [nativeOf(answer), nativeOf(turn)];
  if (toldNative.length > 0 && !sameJson(ownNative, toldNative)) return false;
  const thought = new Set(thinkingOf(answer).map(signatureOf));
  if (!thinkingOf(turn).every((block) => thought.has(signatureOf(block)))) return false;
  const [own, told] = [toolCallsOf(answer), toolCallsOf(turn)];
  if (own.length !== told.length) return false;
  const pairs = own.map((call, index) => ({ call, again: told[index] ?? call }));
  const isFree = (id: string) => told.every((call) => call.id !== id);
  // A client that tells ids of the API's keeps them: another one than ours is that of another conversation, though the words agree.
  const isAnothers = (id: string, ownId: string) => id.startsWith("toolu_") && !isIdOf(id, ownId);
  const isSame = ({ call, again }: (typeof pairs)[number]) =>
    sameCall(call, again, tools) && (again.id === call.id || isFree(call.id)) && !isAnothers(again.id, call.id);
  if (!pairs.every(isSame)) return false;
  for (const { call, again } of pairs) if (again.id !== call.id) ownIds.set(again.id, call.id);
  return true;
}

function nativeOf({ content }: Turn): ContentBlock[] {
  return content.filter(({ type }) => type === "native");
}

function withoutThinking({ content }: Turn): ContentBlock[] {
  return content.filter(({ type }) => type !== "thinking");
}

function sameText(answer: Turn, turn: Turn): boolean {
  const told = toldText(turn);
  if (toldText(answer) === told) return true;
  // A client that has no place for what parts the texts sets them apart itself, or not at all.
  const texts = partedTexts(answer);
  let rest = told;
  for (const text of texts) {
    if (!rest.trimStart().startsWith(text)) return false;
    rest = rest.trimStart().slice(text.length);
  }
  return texts.length > 1 && isBlank(rest);
}

/** The texts of an answer in pieces, between which is what the API's own tools did. */
function partedTexts({ content }: Turn): string[] {
  const texts = [""];
  for (const block of content) {
    if (block.type === "native" && texts.at(-1) !== "") texts.push("");
    if (block.type === "text") texts.push(`${texts.pop()}${block.text}`);
  }
  return texts.map((text) => text.trim()).filter((text) => text !== "");
}

function toldText(turn: Turn): string {
  const text = textOf(turn);
  return isBlank(text) ? "" : text.trimEnd();
}

/**
 * Whether a client tells a call of the model's again. Arguments may be written anew. Where the call has its own id, which stands for no other,
 * they may also have passed through the client's own reading of them, see {@link sameAsRead}; other arguments are an edit, which the model
 * has to be told.
 */
export function sameCall(call: ToolCallBlock, told: ToolCallBlock, tools: readonly Tool[]): boolean {
  if (call.name !== told.name) return false;
  if (call.args === told.args) return true;
  const [args, toldArgs] = [parseJsonObject(call.args), parseJsonObject(told.args)];
  if (args === undefined || toldArgs === undefined) return false;
  if (roundedNumbers(call.args) !== roundedNumbers(told.args)) return false;
  if (!isIdOf(told.id, call.id)) return sameJson(args, toldArgs);
  return sameAsRead(args, toldArgs, tools.find(({ name }) => name === call.name)?.parameters);
}

/** Shorter than any of the API's own. */
const SHORTEST_ID = 8;

/** Whether an id is the model's own for a call, as it is or as clients rewrite it: without its marks, or with more around it. */
export function isIdOf(told: string, own: string): boolean {
  const [bare, ownBare] = [told, own].map((id) => id.replace(/[^a-zA-Z0-9]/g, ""));
  return told === own || (ownBare !== undefined && ownBare.length >= SHORTEST_ID && bare?.includes(ownBare) === true);
}

/**
 * Whether one is the other as a program reads it by a schema, and writes it again:
 * - members filled in, or left out, that are the schema's default, or say nothing: null, false, and what is empty;
 * - a value in place of the text of it, or the other way round;
 * - white space at the ends of lines lost, or added.
 */
function sameAsRead(own: unknown, told: unknown, schema: unknown): boolean {
  if (isJsonObject(own) && isJsonObject(told)) {
    const keys = new Set([...Object.keys(own), ...Object.keys(told)]);
    return [...keys].every((key) => {
      const member = memberOf(schema, "properties", key);
      if (Object.hasOwn(own, key) && Object.hasOwn(told, key)) return sameAsRead(own[key], told[key], member);
      const value = Object.hasOwn(own, key) ? own[key] : told[key];
      return saysNothing(value) || (isJsonObject(member) && sameJson(value, member.default));
    });
  }
  if (Array.isArray(own) && Array.isArray(told)) {
    const items = memberOf(schema, "items");
    return own.length === told.length && own.every((item, index) => sameAsRead(item, told[index], items));
  }
  if (typeof own === "string" && typeof told === "string") return withoutLineEnds(own) === withoutLineEnds(told);
  return sameJson(own, told) || isTextOf(own, told) || isTextOf(told, own);
}

function memberOf(schema: unknown, ...path: string[]): unknown {
  return path.reduce((at, key) => (isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), schema);
}

function saysNothing(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === null || value === false || value === "";
}

function isTextOf(text: unknown, value: unknown): boolean {
  if (typeof text !== "string" || typeof value === "string") return false;
  return attempt(() => sameJson(JSON.parse(text), value)) === true;
}

function withoutLineEnds(text: string): string {
  const lines = text.split("\n").map((line) => line.trimEnd());
  return lines.join("\n").trimEnd();
}

/** The numbers of a JSON text that parsing may have made equal to others, such as ids of 19 digits. */
function roundedNumbers(json: string): string {
  const numbers = json.match(/-?\d[\d.]*(?:e[+-]?\d+)?/gi) ?? [];
  const isRounded = (number: string) => number.replace(/\D/g, "").length > 15 || !Number.isFinite(Number(number));
  return numbers.filter(isRounded).sort().join();
}
