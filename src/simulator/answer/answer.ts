import type { Refusal } from "../judge/judge.ts";
import type { MessagesBody } from "../messages-body.ts";
import type { Reply } from "../reply.ts";
import type { PromptUsage } from "./prompt-cache.ts";
import { type AnswerTerms, composeMessage, type MessageReply, messageJson, simulatedId } from "./simulated-message.ts";
import { type Frame, messageFrames, pause, playFrames, rawFrames, type StreamEnd } from "./stream-events.ts";

/** What an answer needs to know of the connection it goes to. */
export type AnswerContext = {
  readonly terms: AnswerTerms;
  /** What every answer to this login tells. */
  readonly headers: Readonly<Record<string, string>>;
  readonly request: MessagesBody;
  /** Charges the prompt; once, when the answer begins. */
  charge(): PromptUsage;
  /** Fires when the client is gone or the simulator closes. */
  readonly over: AbortSignal;
  /** Called when the whole answer has been handed over. */
  onComplete(): void;
};

/** Gives the reply in the form the request asked for. */
export async function answer(reply: Reply, context: AnswerContext): Promise<Response> {
  switch (reply.kind) {
    case "message":
      return answerMessage(reply, context);
    case "raw":
      return streamResponse(rawFrames(reply), "end", {}, context);
    case "hang":
      return answerNever(context);
    case "error":
      context.onComplete();
      // Which limit a 429 is about is for the reply to say: the CLI takes one with any of these headers for the plan's.
      return errorResponse(reply, { ...(reply.status === 429 ? {} : context.headers), ...reply.headers });
  }
}

async function answerMessage(reply: MessageReply, context: AnswerContext): Promise<Response> {
  const { ending, options } = reply;
  await pause(options.firstDelayMs ?? 0, context.over);
  const message = composeMessage(reply, context.request, context.charge(), context.terms);
  const headers = options.headers ?? {};
  if (context.request.stream) {
    const end = ending.type === "hang" ? "hang" : ending.type === "cut" && ending.reset ? "reset" : "end";
    return streamResponse(messageFrames(message, ending, options.delayMs ?? 0), end, headers, context);
  }
  switch (ending.type) {
    case "hang":
      return answerNever(context);
    case "cut":
      return streamResponse([], "reset", headers, context);
    case "error":
      context.onComplete();
      return errorResponse(
        { status: STATUS_OF_ERROR_TYPE[ending.errorType] ?? 500, type: ending.errorType, message: ending.message },
        { ...context.headers, ...headers },
      );
    case "complete":
      context.onComplete();
      return Response.json(messageJson(message), {
        headers: { "request-id": simulatedId("req"), ...context.headers, ...headers },
      });
  }
}

/** The response it returns in the end reaches nobody: by then the connection is gone. */
async function answerNever({ over }: AnswerContext): Promise<Response> {
  await pause(Number.POSITIVE_INFINITY, over);
  return new Response(null, { status: 503 });
}

function streamResponse(
  frames: Iterable<Frame>,
  end: StreamEnd,
  headers: Readonly<Record<string, string>>,
  { over, onComplete, headers: common }: AnswerContext,
): Response {
  return new Response(playFrames(frames, end, over, onComplete), {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      "request-id": simulatedId("req"),
      ...common,
      ...headers,
    },
  });
}

const STATUS_OF_ERROR_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** The API's error answer. */
export function errorResponse(
  { status, type, message }: Refusal,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const requestId = simulatedId("req");
  const body = { type: "error", error: { type, message }, request_id: requestId };
  return Response.json(body, { status, headers: { "request-id": requestId, ...headers } });
}
