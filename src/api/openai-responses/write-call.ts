import { CustomInput } from "../custom-input.ts";
import type { CustomToolCall, FunctionCall, ItemEvent, ItemStatus, ItemWriter } from "./output-item.ts";

export type CallIdentity = { readonly call_id: string; readonly name: string; readonly namespace?: string };

export class FunctionCallWriter implements ItemWriter {
  readonly #id: string;
  readonly #identity: CallIdentity;
  #args = "";

  constructor(id: string, identity: CallIdentity) {
    this.#id = id;
    this.#identity = identity;
  }

  begin(): ItemEvent[] {
    return [{ type: "response.output_item.added", item: this.item("in_progress") }];
  }

  delta(args: string): ItemEvent[] {
    this.#args += args;
    if (args === "") return [];
    return [{ type: "response.function_call_arguments.delta", item_id: this.#id, delta: args }];
  }

  end(status: ItemStatus): ItemEvent[] {
    const { name } = this.#identity;
    return [
      { type: "response.function_call_arguments.done", item_id: this.#id, name, arguments: this.#args },
      { type: "response.output_item.done", item: this.item(status) },
    ];
  }

  item(status: ItemStatus): FunctionCall {
    return { id: this.#id, type: "function_call", status, ...this.#identity, arguments: this.#args };
  }
}

/** A call of a custom tool, which behind it is a function of one text. */
export class CustomCallWriter implements ItemWriter {
  readonly #id: string;
  readonly #identity: CallIdentity;
  readonly #input = new CustomInput();

  constructor(id: string, identity: CallIdentity) {
    this.#id = id;
    this.#identity = identity;
  }

  begin(): ItemEvent[] {
    return [{ type: "response.output_item.added", item: this.item("in_progress") }];
  }

  delta(args: string): ItemEvent[] {
    return this.#delta(this.#input.push(args));
  }

  end(status: ItemStatus): ItemEvent[] {
    return [
      ...this.#delta(this.#input.end()),
      { type: "response.custom_tool_call_input.done", item_id: this.#id, input: this.#input.text },
      { type: "response.output_item.done", item: this.item(status) },
    ];
  }

  item(status: ItemStatus): CustomToolCall {
    return { id: this.#id, type: "custom_tool_call", status, ...this.#identity, input: this.#input.text };
  }

  #delta(input: string): ItemEvent[] {
    return input === "" ? [] : [{ type: "response.custom_tool_call_input.delta", item_id: this.#id, delta: input }];
  }
}
