import type { ChatEvent, ToolCallStart } from "../../core/event.ts";
import type { JsonObject } from "../../core/json.ts";
import { NativeBlockBuilder } from "../../core/native-block.ts";
import type { ContentBlock, ToolCallBlock, Turn } from "../../core/request.ts";

type Written =
  | { readonly type: "text"; readonly pieces: string[]; readonly citations: JsonObject[] }
  | { readonly type: "reasoning"; readonly pieces: string[]; signature: string }
  | { readonly type: "tool-call"; readonly call: Omit<ToolCallBlock, "args">; readonly pieces: string[] }
  | { readonly type: "native"; readonly builder: NativeBlockBuilder };

/** Keeps what a client is told as the turn it makes of it, to recognise it when it comes back. */
export class AnswerRecorder {
  readonly #written: Written[] = [];

  push(event: ChatEvent): void {
    const last = this.#written.at(-1);
    switch (event.type) {
      case "reasoning-start":
        this.#written.push({ type: "reasoning", pieces: [], signature: "" });
        break;
      case "text-start":
        this.#written.push({ type: "text", pieces: [], citations: [] });
        break;
      case "tool-call-start":
        this.#written.push({ type: "tool-call", call: callOf(event), pieces: [] });
        break;
      case "native-start":
        this.#written.push({ type: "native", builder: new NativeBlockBuilder(event.content) });
        break;
      case "text-delta":
      case "reasoning-delta":
        if (last && "pieces" in last) last.pieces.push(event.text);
        break;
      case "text-citation":
        if (last?.type === "text") last.citations.push(event.citation);
        break;
      case "tool-call-delta":
        if (last?.type === "tool-call") last.pieces.push(event.args);
        break;
      case "reasoning-end":
        if (last?.type === "reasoning") last.signature = event.signature ?? "";
        break;
      case "native-delta":
        if (last?.type === "native") last.builder.push(event.delta);
        break;
    }
  }

  get turn(): Turn {
    return { role: "assistant", content: this.#written.flatMap(blockOf) };
  }
}

function callOf({ id, name, native }: ToolCallStart): Omit<ToolCallBlock, "args"> {
  return { type: "tool-call", id, name, ...(native ? { native } : {}) };
}

function blockOf(written: Written): ContentBlock[] {
  switch (written.type) {
    case "native": {
      const { block } = written.builder;
      const isRedacted = block.type === "redacted_thinking" && typeof block.data === "string";
      return [isRedacted ? { type: "thinking", redacted: String(block.data) } : { type: "native", block }];
    }
    case "reasoning":
      // Unsigned, the API would not take it back.
      if (written.signature === "") return [];
      return [{ type: "thinking", text: written.pieces.join(""), signature: written.signature }];
    case "text": {
      const { pieces, citations } = written;
      return [{ type: "text", text: pieces.join(""), ...(citations.length === 0 ? {} : { citations }) }];
    }
    case "tool-call":
      return [{ ...written.call, args: written.pieces.join("") }];
  }
}
