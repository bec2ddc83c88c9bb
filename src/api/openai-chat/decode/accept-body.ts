import { ApiError } from "../../../core/error.ts";
import type { Steps } from "../../../core/pace.ts";
import { ignoredFields, ignoredWithin } from "../../fields/ignored-fields.ts";
import { coercing } from "../../lenient/lenient-schema.ts";
import { Notes } from "../../lenient/rewrite.ts";
import { describeFields } from "../../openapi/describe-fields.ts";
import { normalizeBody, toOriginalIndexes, withOriginalIndexes } from "../../responses-shape/normalize.ts";
import { OversizedBody } from "../../validation/oversized-body.ts";
import { type StandardSchema, schemaOf, standardSchema } from "../../validation/standard-schema.ts";
import {
  inOneForm,
  inResponsesWords,
  isResponsesShaped,
  RESPONSES_SHAPE_PARAMETERS,
  toChatBody,
  unreadCompactions,
} from "../from-responses/body.ts";
import { ResponsesShapedBody } from "../from-responses/schema.ts";
import { normalizeChat } from "../normalize/body.ts";
import { PARAMETERS } from "../parameters.ts";
import { namesBesideDetails } from "../wire/reasoning-details.ts";
import { AnyChatBody, type ChatBody, ChatCompletionBody } from "../wire/schema.ts";

/** A body of either shape that is taken: as a chat's, and what to say of it to the client. */
export type AcceptedBody = {
  readonly chat: ChatBody;
  /** Fields without effect, as the client named them. */
  readonly ignored: readonly string[];
  /** An error about the chat's body, about the client's. */
  readonly inClientsWords: (error: ApiError) => ApiError;
};

const DOCUMENTED = {
  anyOf: [
    { title: "A chat", ...describeFields(ChatCompletionBody, PARAMETERS) },
    {
      title: "The same in the shape of the Responses API",
      ...describeFields(ResponsesShapedBody, RESPONSES_SHAPE_PARAMETERS),
    },
  ],
};
const TEXTBOOK = standardSchema(ChatCompletionBody);
const ANY = standardSchema(AnyChatBody);
const COERCED = coercing(ANY);
const RESPONSES_SHAPE = standardSchema(ResponsesShapedBody);

/** What Elysia takes as `body:` of the chat's route. */
export function acceptedBody(strict: boolean): StandardSchema<AcceptedBody> {
  return schemaOf((value) => accept(value, strict), DOCUMENTED);
}

/** Throws an ApiError for a body of neither shape. */
export function* accept(body: unknown, strict = false): Steps<AcceptedBody> {
  if (body instanceof OversizedBody) return yield* refuse(body);
  if (!isResponsesShaped(body)) {
    const notes = new Notes();
    const chat = strict ? yield* TEXTBOOK.check(body) : yield* COERCED.check(yield* normalizeChat(body, notes));
    const unread = yield* ignoredWithin(chat, strict ? ChatCompletionBody : AnyChatBody);
    const within = namesBesideDetails(unread, chat.messages);
    const ignored = ignoredFields(chat, PARAMETERS, [...notes.names, ...within]);
    return { chat, ignored, inClientsWords: (error) => error };
  }
  const {
    body: written,
    notes,
    places,
  } = strict ? { body, notes: [], places: undefined } : yield* normalizeBody(body, { tellsSearches: false });
  const shaped = yield* withOriginalIndexes(places, RESPONSES_SHAPE.check(inOneForm(written)));
  const within = yield* ignoredWithin(shaped, ResponsesShapedBody);
  const say = (text: string) => toOriginalIndexes(inResponsesWords(text, shaped), places);
  return {
    chat: toChatBody(shaped),
    ignored: [...notes, ...unreadCompactions(shaped), ...ignoredFields(shaped, RESPONSES_SHAPE_PARAMETERS, within)],
    inClientsWords(error) {
      if (error.param === undefined) return error;
      const { code, message, param, retryAfterSeconds, resetsAt, upstreamStatus, cause } = error;
      const details = { param: say(param), retryAfterSeconds, resetsAt, upstreamStatus, cause };
      return new ApiError(code, say(message), details);
    },
  };
}

function* refuse(oversized: OversizedBody): Steps<never> {
  const { body } = oversized;
  if (isResponsesShaped(body)) yield* RESPONSES_SHAPE.check(oversized.as(inOneForm(body)));
  else yield* ANY.check(oversized);
  throw oversized.refusal();
}
