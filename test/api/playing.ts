import type { Asking, Backend, CountRequest } from "../../src/core/backend.ts";
import { ApiError } from "../../src/core/error.ts";
import type { ChatEvent, Finish, ResponseStart } from "../../src/core/event.ts";
import type { ChatRequest } from "../../src/core/request.ts";
import { modelAmong } from "../support/models.ts";

// A backend that plays events, to put a dialect's routes in front of.

export const START: ResponseStart = { type: "response-start", id: "msg_1", model: "claude-opus-5-5" };
export const HELLO: ChatEvent[] = [
  { type: "text-start", block: 0 },
  { type: "text-delta", block: 0, text: "Hello" },
  { type: "text-end", block: 0 },
];
export const FINISH: Finish = {
  type: "finish",
  reason: { unified: "stop", raw: "end_turn" },
  usage: { inputTokens: 1, cacheReadTokens: 2, cacheWriteTokens: 3, outputTokens: 4 },
};
export const BUSY = new ApiError("overloaded", "busy", { upstreamStatus: 529 });

/** A turn; `index` counts the turns that were asked before it. */
export type Run = (signal: AbortSignal, index: number) => AsyncIterable<ChatEvent>;

export const play = (...events: ChatEvent[]): Run =>
  async function* () {
    yield* events;
  };

/** Says nothing until it is given up. */
export const silentUntilAborted: Run = async function* (signal) {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  yield { type: "error", error: new ApiError("client_closed", "gone") };
};

/** Begins, and then waits until it is given up, as a turn does. */
export const untilAborted: Run = async function* (signal) {
  yield START;
  yield* silentUntilAborted(signal, 0);
};

/** What was to be answered, or, with less in it, counted. */
export type Asked = {
  readonly request: CountRequest & Partial<ChatRequest>;
  readonly signal: AbortSignal;
  readonly asking?: Asking | undefined;
};

/** A backend that plays events, and what it was asked. */
export function playing(run: Run): { asked: Asked[]; backend: Backend } {
  const asked: Asked[] = [];
  const backend: Backend = {
    run(request, signal, { onAdmitted, ...asking } = {}) {
      asked.push({ request, signal, asking });
      onAdmitted?.();
      return run(signal, asked.length - 1);
    },
    countTokens(request, signal, asking) {
      asked.push({ request, signal, asking });
      return Promise.resolve({ inputTokens: 42, counted: "parts" });
    },
    check(requests) {
      for (const { model } of requests) this.checkModel(model);
    },
    checkModel(name) {
      if (name === "gpt-0") throw new ApiError("model_not_found", `There is no ${name}.`, { param: "model" });
    },
    unmet: ({ sampling = {}, tools }) => [
      ...(sampling.temperature === undefined ? [] : (["temperature"] as const)),
      ...(sampling.topP === undefined ? [] : (["top-p"] as const)),
      ...(sampling.topK === undefined ? [] : (["top-k"] as const)),
      ...(tools.some(({ strict }) => strict) ? (["strict-tools"] as const) : []),
    ],
    models: () => [],
    limits: () => ({ windows: {}, rejections: [] }),
    model: (name) => modelAmong([], name),
    health: () => ({ status: "ok", workers: { starting: 0, ready: 0, busy: 0, parked: 0, queued: 0 } }),
  };
  return { asked, backend };
}
