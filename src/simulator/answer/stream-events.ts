import type { Betas } from "../betas.ts";
import type { MessageEnding, RawEvent, Reply } from "../reply.ts";
import { type SettledBlock, thinkingDeltas } from "./shown-thinking.ts";
import { blockJson, messageJson, NO_EDITS, type SimulatedMessage } from "./simulated-message.ts";

/** A piece of the response body and how long to wait before sending it. */
export type Frame = { readonly waitMs: number; readonly text: string };

/** The message as the Messages API streams it, up to its ending; only a complete one closes its last block. */
export function* messageFrames(message: SimulatedMessage, ending: MessageEnding, delayMs: number): Generator<Frame> {
  yield frame(messageStart(message));
  for (const [index, block] of message.blocks.entries()) {
    yield frame({ type: "content_block_start", index, content_block: emptyBlock(block) });
    // Recorded streams have one here.
    if (index === 0) yield frame({ type: "ping" });
    for (const [turn, delta] of deltasOf(block, message.betas).entries()) {
      yield frame({ type: "content_block_delta", index, delta }, turn === 0 && index === 0 ? 0 : delayMs);
    }
    const isLeftOpen = ending.type !== "complete" && index === message.blocks.length - 1;
    if (!isLeftOpen) yield frame({ type: "content_block_stop", index });
  }
  if (ending.type === "complete") {
    yield frame(messageDelta(message));
    yield frame({ type: "message_stop" });
  } else if (ending.type === "error") {
    yield frame({ type: "error", error: { type: ending.errorType, message: ending.message } }, delayMs);
  }
}

export function* rawFrames(reply: Extract<Reply, { kind: "raw" }>): Generator<Frame> {
  for (const [index, event] of reply.events.entries()) yield frame(event, index === 0 ? 0 : reply.gapMs);
}

function frame(event: RawEvent, waitMs = 0): Frame {
  return {
    waitMs,
    text: typeof event === "string" ? event : `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
  };
}

function messageStart(message: SimulatedMessage): RawEvent {
  const { output_tokens, output_tokens_details: _, server_tool_use: __, ...prompt } = message.usage;
  const usage = { ...prompt, output_tokens: Math.min(1, output_tokens) };
  const begun = { ...message, blocks: [], stopReason: null, stopSequence: null, stopDetails: null, usage };
  return { type: "message_start", message: messageJson({ ...begun, container: undefined, tellsEdits: false }) };
}

/** Its usage is cumulative: the final figures of the whole message. */
function messageDelta(message: SimulatedMessage): RawEvent {
  const { stopReason, stopSequence, stopDetails, usage, container, tellsEdits } = message;
  const { cache_creation: _, ...totals } = usage;
  return {
    type: "message_delta",
    delta: {
      stop_reason: stopReason,
      stop_sequence: stopSequence,
      stop_details: stopDetails,
      ...(container && { container }),
    },
    usage: totals,
    ...(tellsEdits && { context_management: NO_EDITS }),
  };
}

/** A block as it begins. */
function emptyBlock(block: SettledBlock): object {
  switch (block.type) {
    case "native":
      return block.start;
    case "text":
      return blockJson({ ...block, chunks: [], citations: block.citations && [] });
    case "thinking":
      return blockJson({ ...block, chunks: [], signature: "" });
    default:
      return blockJson({ ...block, chunks: [] });
  }
}

function deltasOf(block: SettledBlock, betas: Betas): object[] {
  switch (block.type) {
    case "text":
      // Recorded streams tell what a text is taken from before they tell the text.
      return [
        ...(block.citations ?? []).map((citation) => ({ type: "citations_delta", citation })),
        ...block.chunks.map((text) => ({ type: "text_delta", text })),
      ];
    case "thinking":
      return thinkingDeltas(block, betas);
    case "tool_use":
      return inputDeltas(block.chunks);
    case "redacted_thinking":
      return [];
    case "native":
      return [...block.deltas, ...inputDeltas(block.chunks)];
  }
}

function inputDeltas(pieces: readonly string[]): object[] {
  return pieces.map((partial_json) => ({ type: "input_json_delta", partial_json }));
}

/** What happens to the response after its last frame. */
export type StreamEnd = "end" | "reset" | "hang";

/** A reset discards what the client has not read yet, so it is given a moment. */
const RESET_GRACE_MS = 30;

/** Resolves after `ms`, or at once when the signal fires. `Infinity` waits for the signal alone. */
export function pause(ms: number, until: AbortSignal): Promise<void> {
  if (ms <= 0 || until.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(finish, ms);
    function finish(): void {
      clearTimeout(timer);
      until.removeEventListener("abort", finish);
      resolve();
    }
    until.addEventListener("abort", finish);
  });
}

/** Plays the frames into a response body, each at its time, until `over` fires: client gone or simulator closing. */
export function playFrames(
  frames: Iterable<Frame>,
  end: StreamEnd,
  over: AbortSignal,
  onEnd: () => void,
): ReadableStream {
  const encoder = new TextEncoder();
  const rest = frames[Symbol.iterator]();
  let next = rest.next();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!next.done) {
        await pause(next.value.waitMs, over);
        if (over.aborted) return;
        controller.enqueue(encoder.encode(next.value.text));
        next = rest.next();
        // The last frame and the end go out together: a client that leaves after the last frame has missed nothing.
        if (!next.done || end !== "end") return;
      }
      if (end !== "end") await pause(end === "hang" ? Number.POSITIVE_INFINITY : RESET_GRACE_MS, over);
      if (over.aborted) return;
      onEnd();
      // Bun resets the connection for an errored body, and reports the error on stderr unless it is undefined.
      if (end === "reset") controller.error(undefined);
      else controller.close();
    },
  });
}
