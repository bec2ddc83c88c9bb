import type { ApiError } from "./error.ts";
import type { ChatEvent, FinishReason, Usage } from "./event.ts";
import type { ToolCallBlock } from "./request.ts";

/** A finished completion: its events, collected. */
export type ChatResult = {
  readonly id: string;
  readonly model: string;
  readonly text: string;
  readonly reasoning: string;
  /** In the order in which the model wrote them. */
  readonly toolCalls: readonly ToolCallBlock[];
  readonly finishReason: FinishReason;
  readonly usage: Usage;
};

/** Gathers a stream into a result: non-streaming answers are the streaming ones, collected. Throws the stream's ApiError. */
export async function collect(events: AsyncIterable<ChatEvent>): Promise<ChatResult> {
  let id = "";
  let model = "";
  const text: string[] = [];
  const reasoning: string[] = [];
  const toolCalls: ToolCallBlock[] = [];
  for await (const event of events) {
    switch (event.type) {
      case "response-start":
        id = event.id;
        model = event.model;
        break;
      case "text-delta":
        text.push(event.text);
        break;
      case "reasoning-delta":
        reasoning.push(event.text);
        break;
      case "tool-call-start":
        toolCalls.push({ type: "tool-call", id: event.id, name: event.name, args: "" });
        break;
      case "tool-call-delta": {
        // At most one block is open at a time: the last call.
        const call = toolCalls.pop();
        if (call) toolCalls.push({ ...call, args: call.args + event.args });
        break;
      }
      case "error":
        throw event.error satisfies ApiError;
      case "finish":
        return {
          id,
          model,
          text: text.join(""),
          reasoning: reasoning.join(""),
          toolCalls,
          finishReason: event.reason,
          usage: event.usage,
        };
    }
  }
  throw new Error("the event stream ended without finish or error");
}
