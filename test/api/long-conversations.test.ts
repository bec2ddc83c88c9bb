import { describe, expect, test } from "bun:test";
import { decodeRequest as decodeMessages } from "../../src/api/anthropic-messages/decode/request.ts";
import { normalizeBody } from "../../src/api/anthropic-messages/normalize/body.ts";
import { MessagesBody } from "../../src/api/anthropic-messages/wire/schema.ts";
import { lenientSchema } from "../../src/api/lenient/lenient-schema.ts";
import { accept } from "../../src/api/openai-chat/decode/accept-body.ts";
import { decodeRequest as decodeChat } from "../../src/api/openai-chat/decode/request.ts";
import { acceptResponse } from "../../src/api/openai-responses/decode/accept-body.ts";
import { decodeRequest as decodeResponse } from "../../src/api/openai-responses/decode/request.ts";
import { resolveInput } from "../../src/api/openai-responses/decode/resolve-input.ts";
import { MemoryResponseStore } from "../../src/api/openai-responses/store/memory-store.ts";
import { standardSchema } from "../../src/api/validation/standard-schema.ts";
import { contentKey } from "../../src/claude/count/token-counter.ts";
import { encodeTranscript } from "../../src/claude/session/encode-transcript.ts";
import { conversationHash } from "../../src/claude/session/served-conversations.ts";
import type { Steps } from "../../src/core/pace.ts";
import type { Turn } from "../../src/core/request.ts";
import { toolNames } from "../support/tool-names.ts";

// One request's many messages never keep the others waiting: who looks at all of them does so in steps.

const MANY = 20_000;
/** In one step: a check looks at a message for each form that it may have. */
const MOST_LOOKS = 5_000;

/** Many messages that count how often they are looked at. */
function watched(count: number) {
  let looks = 0;
  const messages = Array.from({ length: count }, (_, index) => ({
    get role() {
      looks++;
      return index % 2 === 0 ? "user" : "assistant";
    },
    content: `message ${index}`,
  }));
  return {
    messages,
    takeLooks: () => {
      const taken = looks;
      looks = 0;
      return taken;
    },
  };
}

/** Does all steps, and gives how often the messages were looked at in each. */
function looksOf<Result>(steps: Steps<Result>, takeLooks: () => number): { result: Result; looks: number[] } {
  const looks: number[] = [];
  for (;;) {
    const step = steps.next();
    looks.push(takeLooks());
    if (step.done) return { result: step.value, looks };
  }
}

const messagesSchema = lenientSchema(standardSchema(MessagesBody), normalizeBody);

const DIALECTS: Readonly<Record<string, (messages: readonly object[]) => Steps<readonly Turn[]>>> = {
  *chat(messages) {
    const { chat } = yield* accept({ model: "opus", messages });
    return (yield* decodeChat({ ...chat, model: "opus" })).request.turns;
  },
  *responses(messages) {
    const accepted = yield* acceptResponse({ model: "opus", input: messages }, false);
    const { items } = yield* resolveInput(accepted, new MemoryResponseStore());
    return (yield* decodeResponse({ ...accepted.body, model: "opus" }, items)).request.turns;
  },
  *messages(messages) {
    const { body } = yield* messagesSchema.check({ model: "opus", max_tokens: 5, messages });
    return (yield* decodeMessages({ ...body, model: "opus" })).request.turns;
  },
};

describe.each(Object.entries(DIALECTS))("a body of %s with very many messages", (_, decode) => {
  test("is taken whole, in steps of which none looks at more than a few", () => {
    const { messages, takeLooks } = watched(MANY - 1);
    const { result, looks } = looksOf(decode(messages), takeLooks);
    expect(result).toHaveLength(MANY - 1);
    expect(result.at(-1)).toEqual({ role: "user", content: [{ type: "text", text: `message ${MANY - 2}` }] });
    expect(Math.max(...looks)).toBeLessThan(MOST_LOOKS);
  });
});

/** Turns that count how often they are looked at. */
function watchedTurns(count: number) {
  let looks = 0;
  const turns = Array.from({ length: count }, (_, index): Turn => {
    const turn = { role: index % 2 === 0 ? "user" : "assistant", content: [{ type: "text", text: "a" }] } as const;
    return new Proxy<Turn>(turn, {
      get: (target, name) => {
        if (name === "content") looks++;
        return Reflect.get(target, name);
      },
    });
  });
  return {
    turns,
    takeLooks: () => {
      const taken = looks;
      looks = 0;
      return taken;
    },
  };
}

test.each<[what: string, work: (turns: readonly Turn[]) => Steps<unknown>]>([
  ["hashed", (turns) => conversationHash("S", turns)],
  ["hashed to be counted", (turns) => contentKey([], turns)],
  [
    "written down for a process",
    (turns) =>
      encodeTranscript(turns, {
        names: toolNames([]),
        modelId: "opus",
        cwd: "/",
        version: "1",
        sessionId: "s",
        newUuid: () => "u",
        now: new Date(0),
        attachments: [],
      }),
  ],
])("a conversation of very many turns is %s in such steps", (_, work) => {
  const { turns, takeLooks } = watchedTurns(MANY);
  const { looks } = looksOf(work(turns), takeLooks);
  expect(looks.reduce((sum, some) => sum + some)).toBeGreaterThanOrEqual(MANY);
  expect(Math.max(...looks)).toBeLessThan(MOST_LOOKS);
});
