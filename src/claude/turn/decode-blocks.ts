import type { ChatEvent } from "../../core/event.ts";
import { isJsonObject, parseJsonObject } from "../../core/json.ts";
import type { ApiStreamEvent } from "../protocol/messages.ts";
import type { ArgumentKeys } from "../tools/argument-names.ts";
import { STRUCTURED_OUTPUT, type ToolNames } from "../tools/tool-names.ts";
import { nativeFields } from "./usage.ts";

type ContentBlockStart = Extract<ApiStreamEvent, { type: "content_block_start" }>["content_block"];
type ContentBlockDelta = Extract<ApiStreamEvent, { type: "content_block_delta" }>["delta"];

/** The block that is being written. */
type Open =
  | { readonly kind: "text" | "native"; readonly block: number }
  | { readonly kind: "reasoning"; readonly block: number; signature: string }
  | {
      readonly kind: "tool-call" | "output";
      readonly block: number;
      readonly written: { args: string };
      /** Reads the arguments by the client's names, where those are others. */
      readonly reader?: ArgumentKeys;
    };

/** A call as the model wrote it. `isKnown`: the tool is one that was offered. */
type WrittenCall = { readonly id: string; readonly isKnown: boolean; args: string };

/** Structured output as the model wrote it. `isRefused`: it violates the schema. */
type WrittenOutput = { readonly id: string; args: string; isRefused: boolean };

/** What of the API's block of a call has a word of ours. */
const OF_CALLS: ReadonlySet<string> = new Set(["type", "id", "name", "input", "text"]);

/** How structured output is told: undefined when none was asked for. */
export type OutputDelivery = "as-written" | "whole" | undefined;

/** Turns the blocks of one answer of the model into events. A state machine without I/O. */
export class BlockDecoder {
  readonly #names: ToolNames;
  readonly #delivery: OutputDelivery;
  #nextBlock: number;
  #open: Open | undefined;
  #kept: "nothing" | "native-result" | "text" = "nothing";
  #citations: "none" | "told" | "lost" = "none";
  readonly #calls: WrittenCall[] = [];
  readonly #outputs: WrittenOutput[] = [];

  /** `firstBlock`: the number of its first block; those before were an earlier answer's, which does not count. */
  constructor(names: ToolNames, delivery: OutputDelivery, firstBlock: number) {
    this.#names = names;
    this.#delivery = delivery;
    this.#nextBlock = firstBlock;
  }

  get nextBlock(): number {
    return this.#nextBlock;
  }

  /** What the CLI keeps of the answer: a text, without which it asks once more, or what one of the API's tools gave. It drops a call alone. */
  get kept(): "nothing" | "native-result" | "text" {
    return this.#kept;
  }

  /** Whether the CLI has lost the citations of a text, as 2.1.250 does. */
  get hasLostCitations(): boolean {
    return this.#citations === "lost";
  }

  /** Notes what the CLI says that it remembers of the answer. */
  compare(remembered: unknown): void {
    const content = isJsonObject(remembered) && Array.isArray(remembered.content) ? remembered.content : [];
    const isBare = (block: unknown) =>
      isJsonObject(block) && Array.isArray(block.citations) && block.citations.length === 0;
    if (this.#citations === "told" && content.some(isBare)) this.#citations = "lost";
  }

  /** The calls of this answer. */
  get calls(): readonly string[] {
    return this.#calls.map(({ id }) => id);
  }

  /** Whether the CLI waits for their results: a call of an unknown tool, or with other arguments than an object, it answers itself. */
  get isAwaited(): boolean {
    return (
      !this.wroteOutput && this.#calls.every(({ isKnown, args }) => isKnown && parseJsonObject(args) !== undefined)
    );
  }

  /** Whether the client was told something of this answer, so that another cannot take its place. */
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

  start(content: ContentBlockStart): ChatEvent[] {
    const { type, text } = content;
    if (type === "tool_use") return this.#startToolUse(content);
    // Beside structured output there is no room for other text.
    if (type === "text" && this.#delivery !== undefined) return [];
    if (type !== "text" && type !== "thinking") return this.#startNative(content);
    const block = this.#nextBlock++;
    const kind = type === "text" ? "text" : "reasoning";
    this.#open = kind === "text" ? { kind, block } : { kind, block, signature: "" };
    return [{ type: `${kind}-start`, block }, ...this.delta({ type: "text_delta", text })];
  }

  delta(delta: ContentBlockDelta): ChatEvent[] {
    const { type, text, thinking, partial_json, signature } = delta;
    const open = this.#open;
    if (open === undefined) return [];
    const { kind, block } = open;
    if (kind === "native") return isJsonObject(delta) ? [{ type: "native-delta", block, delta }] : [];
    if (kind === "text" && isJsonObject(delta.citation)) {
      if (this.#citations === "none") this.#citations = "told";
      return [{ type: "text-citation", block, citation: delta.citation }];
    }
    if (kind === "tool-call" || kind === "output") {
      if (type !== "input_json_delta" || !partial_json) return [];
      return this.#writeJson(open, open.reader?.push(partial_json) ?? partial_json);
    }
    if (kind === "reasoning" && type === "signature_delta") open.signature += signature ?? "";
    const written = type === "thinking_delta" ? thinking : type === "text_delta" ? text : undefined;
    if (!written) return [];
    if (kind === "text") this.#kept = "text";
    return [{ type: `${kind}-delta`, block, text: written }];
  }

  end(): ChatEvent[] {
    const open = this.#open;
    if (open === undefined) return [];
    this.#open = undefined;
    const { kind, block } = open;
    if (kind === "reasoning")
      return [{ type: "reasoning-end", block, ...(open.signature && { signature: open.signature }) }];
    if (!("written" in open)) return [{ type: `${open.kind}-end`, block }];
    const held = open.reader?.end() ?? "";
    // Without arguments there are no deltas; it means an empty object.
    const left = this.#writeJson(open, open.written.args + held === "" ? "{}" : held);
    if (open.kind === "tool-call") return [...left, { type: "tool-call-end", block }];
    return this.#delivery === "as-written" ? [...left, { type: "text-end", block }] : [];
  }

  /** The structured output that was held back until it was known to be right, or cut before it could be. */
  releaseOutput({ isCut }: { readonly isCut: boolean }): ChatEvent[] {
    const output = isCut ? this.#outputs.at(-1)?.args : this.output;
    if (this.#delivery !== "whole" || !output) return [];
    const block = this.#nextBlock++;
    return [
      { type: "text-start", block },
      { type: "text-delta", block, text: output },
      { type: "text-end", block },
    ];
  }

  /** What the API's own tools were asked and gave, thinking that nobody may read, and blocks of a newer API. */
  #startNative(content: object): ChatEvent[] {
    if (!isJsonObject(content)) return [];
    const block = this.#nextBlock++;
    if (this.#kept === "nothing" && "tool_use_id" in content) this.#kept = "native-result";
    this.#open = { kind: "native", block };
    return [{ type: "native-start", block, content }];
  }

  #startToolUse(content: ContentBlockStart): ChatEvent[] {
    const [id, apiName, native] = [content.id ?? "", content.name ?? "", nativeFields(content, OF_CALLS)];
    const block = this.#nextBlock++;
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

  #writeJson({ kind, block, written }: Extract<Open, { written: object }>, json: string): ChatEvent[] {
    if (json === "") return [];
    written.args += json;
    if (kind === "tool-call") return [{ type: "tool-call-delta", block, args: json }];
    return this.#delivery === "as-written" ? [{ type: "text-delta", block, text: json }] : [];
  }
}
