import type { ChatEvent } from "../../core/event.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../core/json.ts";
import type { ApiStreamEvent } from "../protocol/messages.ts";
import type { ArgumentKeys } from "../tools/argument-keys.ts";
import { STRUCTURED_OUTPUT, type ToolNames } from "../tools/tool-names.ts";
import { nativeFields } from "./usage.ts";

type ContentBlockStart = Extract<ApiStreamEvent, { type: "content_block_start" }>["content_block"];
type ContentBlockDelta = Extract<ApiStreamEvent, { type: "content_block_delta" }>["delta"];

type Open =
  | { readonly kind: "text"; readonly block: number }
  | { readonly kind: "native"; readonly block: number }
  | { readonly kind: "reasoning"; readonly block: number; signature: string }
  | {
      readonly kind: "tool-call" | "output";
      readonly block: number;
      readonly written: { args: string };
      /** Reads the arguments by the client's names, where those are others. */
      readonly reader?: ArgumentKeys;
    };

type OpenJson = Extract<Open, { written: object }>;

/** A call as the model wrote it. `isKnown`: the tool is one that was offered. */
export type WrittenCall = { readonly id: string; readonly isKnown: boolean; args: string };

/** Structured output as the model wrote it. `isRefused`: it violates the schema. */
type WrittenOutput = { readonly id: string; args: string; isRefused: boolean };

/** What of the API's block of a call has a word of ours. */
const OF_CALLS: ReadonlySet<string> = new Set(["type", "id", "name", "input", "text"]);

/** How structured output is told: undefined when none was asked for. */
export type OutputDelivery = "as-written" | "whole" | undefined;

/** Turns the blocks of one answer into events. A state machine without I/O, for all model turns of one turn of the CLI. */
export class BlockDecoder {
  readonly #names: ToolNames;
  readonly #delivery: OutputDelivery;
  #open: Open | undefined;
  #blockCount = 0;
  #wroteText = false;
  #hasNativeResult = false;
  #wroteCitation = false;
  #hasLostCitations = false;
  #calls: WrittenCall[] = [];
  #outputs: WrittenOutput[] = [];

  constructor(names: ToolNames, delivery: OutputDelivery) {
    this.#names = names;
    this.#delivery = delivery;
  }

  /** Whether the answer has text that is not blank as far as the CLI is concerned: without any it asks once more. */
  get wroteText(): boolean {
    return this.#wroteText;
  }

  /** Whether the CLI has lost what a text of this answer rests on, as 2.1.250 does: it tells what it remembers. */
  get hasLostCitations(): boolean {
    return this.#hasLostCitations;
  }

  /** Looks at what the CLI remembers of the answer. */
  compare(remembered: unknown): void {
    const content = isJsonObject(remembered) && Array.isArray(remembered.content) ? remembered.content : [];
    const isBare = (block: unknown) =>
      isJsonObject(block) && Array.isArray(block.citations) && block.citations.length === 0;
    if (this.#wroteCitation && content.some(isBare)) this.#hasLostCitations = true;
  }

  /** Whether the CLI keeps something of the answer: a text, or what one of the API's tools gave. A call without that is dropped. */
  get isKept(): boolean {
    return this.#wroteText || this.#hasNativeResult;
  }

  /** The client's tools that this answer calls. */
  get calls(): readonly WrittenCall[] {
    return this.#calls;
  }

  /** Whether the client was told something of this answer that another cannot take the place of. */
  get isBinding(): boolean {
    const wasOutputTold = this.#delivery === "as-written" && this.wroteOutput;
    return this.#delivery === undefined || this.#open !== undefined || this.#calls.length > 0 || wasOutputTold;
  }

  /** Whether this answer tried to give structured output. */
  get wroteOutput(): boolean {
    return this.#outputs.length > 0;
  }

  /** The structured output of this answer: the first that was not refused; undefined when there is none. */
  get output(): string | undefined {
    return this.#outputs.find(({ isRefused }) => !isRefused)?.args;
  }

  /** The structured output that this call gave, if it gave any, violates the schema. */
  refuseOutput(callId: string): void {
    for (const output of this.#outputs) if (output.id === callId) output.isRefused = true;
  }

  /** The CLI asked the model again: what it wrote before does not count. */
  restart(): void {
    this.#open = undefined;
    this.#wroteText = false;
    this.#hasNativeResult = false;
    this.#wroteCitation = false;
    this.#hasLostCitations = false;
    this.#calls = [];
    this.#outputs = [];
  }

  start(content: ContentBlockStart): ChatEvent[] {
    const { type, text, id, name } = content;
    if (type === "tool_use") return this.#startToolUse(id ?? "", name ?? "", nativeFields(content, OF_CALLS));
    // Beside structured output there is no room for other text.
    const isText = type === "text" && this.#delivery === undefined;
    if (type === "text" && !isText) return [];
    if (!isText && type !== "thinking") return this.#startNative(content);
    const block = this.#blockCount++;
    this.#open = isText ? { kind: "text", block } : { kind: "reasoning", block, signature: "" };
    return [{ type: `${this.#open.kind}-start`, block }, ...this.delta({ type: "text_delta", text })];
  }

  delta(delta: ContentBlockDelta): ChatEvent[] {
    const { type, text, thinking, partial_json, signature } = delta;
    const open = this.#open;
    if (open === undefined) return [];
    const { kind, block } = open;
    if (kind === "native") return isJsonObject(delta) ? [{ type: "native-delta", block, delta }] : [];
    if (kind === "text" && isJsonObject(delta.citation)) {
      this.#wroteCitation = true;
      return [{ type: "text-citation", block, citation: delta.citation }];
    }
    if (kind === "tool-call" || kind === "output") {
      return type === "input_json_delta" && partial_json ? this.#writeJson(open, partial_json) : [];
    }
    if (kind === "reasoning" && type === "signature_delta") open.signature += signature ?? "";
    const written = type === "thinking_delta" ? thinking : type === "text_delta" ? text : undefined;
    if (!written) return [];
    if (kind === "text") this.#wroteText = true;
    return [{ type: `${kind}-delta`, block, text: written }];
  }

  end(): ChatEvent[] {
    const open = this.#open;
    if (open === undefined) return [];
    this.#open = undefined;
    const { kind, block } = open;
    // Without arguments there are no deltas; it means an empty object.
    const left = "written" in open ? this.#endJson(open) : [];
    if (kind === "reasoning")
      return [{ type: "reasoning-end", block, ...(open.signature && { signature: open.signature }) }];
    if (kind !== "output") return [...left, { type: `${kind}-end`, block }];
    return this.#delivery === "as-written" ? [...left, { type: "text-end", block }] : [];
  }

  /** The structured output that was held back until it was known to be right, or cut before it could be. */
  releaseOutput({ isCut }: { readonly isCut: boolean }): ChatEvent[] {
    const output = isCut ? this.#outputs.at(-1)?.args : this.output;
    if (this.#delivery !== "whole" || !output) return [];
    const block = this.#blockCount++;
    return [
      { type: "text-start", block },
      { type: "text-delta", block, text: output },
      { type: "text-end", block },
    ];
  }

  /** What the API's own tools were asked and gave, thinking that nobody may read, and blocks of a newer API. */
  #startNative(content: object): ChatEvent[] {
    if (!isJsonObject(content)) return [];
    const block = this.#blockCount++;
    this.#hasNativeResult ||= "tool_use_id" in content;
    this.#open = { kind: "native", block };
    return [{ type: "native-start", block, content }];
  }

  #startToolUse(id: string, apiName: string, native: JsonObject | undefined): ChatEvent[] {
    const block = this.#blockCount++;
    if (apiName === STRUCTURED_OUTPUT && this.#delivery !== undefined) {
      // Written twice, only one is the answer: the first, where it is told before anybody knows whether it is right.
      if (this.#delivery === "as-written" && this.wroteOutput) return [];
      const output: WrittenOutput = { id, args: "", isRefused: false };
      this.#outputs.push(output);
      this.#open = { kind: "output", block, written: output };
      return this.#delivery === "as-written" ? [{ type: "text-start", block }] : [];
    }
    const call: WrittenCall = { id, isKnown: this.#names.toClient(apiName) !== undefined, args: "" };
    this.#calls.push(call);
    this.#open = { kind: "tool-call", block, written: call, reader: this.#names.argumentReader(apiName) };
    return [{ type: "tool-call-start", block, id, name: this.#names.toTell(apiName), ...(native ? { native } : {}) }];
  }

  #endJson(open: OpenJson): ChatEvent[] {
    const heldBack = open.reader?.end() ?? "";
    return open.written.args === "" && heldBack === "" ? this.#tellJson(open, "{}") : this.#tellJson(open, heldBack);
  }

  #writeJson(open: OpenJson, json: string): ChatEvent[] {
    return this.#tellJson(open, open.reader?.push(json) ?? json);
  }

  #tellJson({ kind, block, written }: OpenJson, json: string): ChatEvent[] {
    if (json === "") return [];
    written.args += json;
    if (kind === "tool-call") return [{ type: "tool-call-delta", block, args: json }];
    return this.#delivery === "as-written" ? [{ type: "text-delta", block, text: json }] : [];
  }
}

/** Whether the CLI waits for the client's result: it answers a call of an unknown tool, or with other arguments than an object, itself. */
export function isAwaited({ isKnown, args }: WrittenCall): boolean {
  return isKnown && parseJsonObject(args) !== undefined;
}
