import { anthropicMessagesRoutes } from "../../src/api/anthropic-messages/routes.ts";
import { Clients } from "../../src/api/clients.ts";
import { openaiChatRoutes } from "../../src/api/openai-chat/routes.ts";
import { openaiCompletionsRoutes } from "../../src/api/openai-completions/routes.ts";
import { openaiResponsesRoutes } from "../../src/api/openai-responses/routes.ts";
import { MemoryResponseStore } from "../../src/api/openai-responses/store/memory-store.ts";
import type { Backend } from "../../src/core/backend.ts";
import { ApiError, ERROR_CODES } from "../../src/core/error.ts";
import type { ChatEvent, Finish, Usage } from "../../src/core/event.ts";
import { Logger } from "../../src/observability/logger.ts";
import { createServer } from "../../src/server/create-server.ts";
import { listen } from "../../src/server/listen.ts";
import { FACTS, modelAmong } from "../../test/support/models.ts";
import { SCRIPTED } from "../arena/judge.ts";
import type { Random } from "../arena/random.ts";

/** A server to throw things at. */
export type Target = {
  readonly url: string;
  readonly port: number;
  /** How often a model was asked. */
  readonly asked: () => number;
  /** Turns that are answered now. */
  readonly running: () => number;
  readonly log: readonly string[];
  readonly stop: () => Promise<void>;
};

const USAGE: Usage = { inputTokens: 1, cacheReadTokens: 2, cacheWriteTokens: 3, outputTokens: 4 };

/** The whole server in front of a backend that answers anything by chance: texts, thinking, calls, errors before and in an answer. */
export function scriptedTarget(random: Random): Target {
  let [asked, running] = [0, 0];
  const list = [{ id: "claude-sonnet-4", displayName: "Claude Sonnet 4", facts: FACTS }];
  const checkModel = (name: string) => {
    if (name === "gpt-0") throw new ApiError("model_not_found", `There is no ${name}.`, { param: "model" });
  };
  const backend: Backend = {
    async *run(request, signal, options) {
      checkModel(request.model);
      asked++;
      running++;
      try {
        options?.onAdmitted?.();
        for (const event of answer(random)) {
          if (random.chance(0.1)) await Bun.sleep(0);
          if (signal.aborted) return yield { type: "error", error: new ApiError("client_closed", SCRIPTED) };
          yield event;
        }
      } finally {
        running--;
      }
    },
    countTokens: async () => {
      asked++;
      return { inputTokens: 42, counted: "parts" };
    },
    check: (requests) => {
      for (const { model } of requests) checkModel(model);
    },
    checkModel,
    unmet: () => [],
    models: () => list,
    model: (name) => modelAmong(list, name),
    limits: () => ({ windows: {}, rejections: [] }),
    health: () => ({ status: "ok", workers: { starting: 0, ready: 1, busy: 0, parked: 0, queued: 0 } }),
  };
  const log: string[] = [];
  const clients = new Clients();
  const dialect = { backend, clients, commitAfterMs: 200 };
  const server = createServer({
    config: { allowedHosts: [], allowedOrigins: [], apiKeys: [], demo: false },
    backend,
    clients,
    logger: new Logger("error", (line) => void log.push(line)),
    version: "0.0.0-fuzz",
    routes: [
      openaiChatRoutes(dialect),
      openaiCompletionsRoutes(dialect),
      openaiResponsesRoutes({ ...dialect, store: new MemoryResponseStore({ maxResponses: 50 }) }),
      anthropicMessagesRoutes(dialect),
    ],
  });
  const { url, port, stop } = listen(server, { host: "127.0.0.1", port: 0 });
  return { url, port, asked: () => asked, running: () => running, log, stop: () => stop(0) };
}

function* answer(random: Random): Generator<ChatEvent> {
  const failure = () => {
    const code = random.pick(ERROR_CODES.filter((code) => code !== "internal_error") as ["overloaded"]);
    return { type: "error" as const, error: new ApiError(code, SCRIPTED) };
  };
  if (random.chance(0.1)) return yield failure();
  yield { type: "response-start", id: "msg_1", model: "claude-sonnet-4" };
  let reason: Finish["reason"] = { unified: "stop", raw: "end_turn" };
  for (let block = 0; block < random.between(0, 3); block++) {
    const kind = random.pick(["text", "reasoning", "tool-call"]);
    if (kind === "tool-call") {
      reason = { unified: "tool-calls", raw: "tool_use" };
      yield { type: "tool-call-start", block, id: `toolu_${block}`, name: "f" };
      yield { type: "tool-call-delta", block, args: random.pick(["{}", '{"a":1}', "[1", "null"]) };
      yield { type: "tool-call-end", block };
    } else if (kind === "text") {
      yield { type: "text-start", block };
      for (let part = 0; part < random.between(0, 3); part++) yield { type: "text-delta", block, text: "\u00e9\n" };
      yield { type: "text-end", block };
    } else {
      yield { type: "reasoning-start", block };
      yield { type: "reasoning-delta", block, text: "hm" };
      yield { type: "reasoning-end", block, signature: "c2ln" };
    }
    if (random.chance(0.05)) return yield failure();
  }
  if (reason.unified === "stop" && random.chance(0.2)) reason = { unified: "length", raw: "max_tokens" };
  yield { type: "finish", reason, usage: USAGE };
}
