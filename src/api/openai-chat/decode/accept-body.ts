import type { ApiError } from "../../../core/error.ts";
import type { Steps } from "../../../core/pace.ts";
import { ignoredFields } from "../../fields/ignored-fields.ts";
import { coercing } from "../../lenient/lenient-schema.ts";
import { Notes } from "../../lenient/rewrite.ts";
import { describeFields } from "../../openapi/describe-fields.ts";
import { accept as acceptShaped, placeItems } from "../../responses-shape/accept-body.ts";
import { namesBesideThinking } from "../../responses-shape/wire/thinking.ts";
import { OversizedBody } from "../../validation/oversized-body.ts";
import { isNode } from "../../validation/schema-words.ts";
import { type StandardSchema, schemaOf, standardSchema } from "../../validation/standard-schema.ts";
import { unreadFields } from "../../validation/unread-fields.ts";
import {
  inResponsesWords,
  isResponsesShaped,
  RESPONSES_SHAPE_PARAMETERS,
  ResponsesShapedBody,
  type ShapedConversation,
  settingsOf,
  withFlatTools,
} from "../from-responses.ts";
import { normalizeChat } from "../normalize/body.ts";
import { PARAMETERS } from "../parameters.ts";
import { namesBesideDetails } from "../wire/reasoning-details.ts";
import { AnyChatBody, type ChatBody, ChatCompletionBody } from "../wire/schema.ts";

/** A body of either shape that is taken: as a chat's, and what to say of it to the client. */
export type AcceptedBody = {
  readonly chat: ChatBody;
  /** Of a body in the shape of the Responses API: what it says, which the chat's body then lacks. */
  readonly shaped?: ShapedConversation;
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
export function* accept(given: unknown, strict = false): Steps<AcceptedBody> {
  if (isResponsesShaped(given instanceof OversizedBody ? given.body : given)) {
    const flat = strict && !(given instanceof OversizedBody) && isNode(given) ? withFlatTools(given) : given;
    const { body, notes, places } = yield* acceptShaped(RESPONSES_SHAPE, flat, strict);
    const items = placeItems(body.input, places);
    const within = namesBesideThinking(yield* unreadFields(ResponsesShapedBody, body), items);
    return {
      chat: settingsOf(body),
      shaped: { body, items },
      ignored: [...notes, ...ignoredFields(body, RESPONSES_SHAPE_PARAMETERS, within)],
      inClientsWords: (error) => inResponsesWords(error, body),
    };
  }
  if (given instanceof OversizedBody) yield* ANY.check(given);
  const notes = new Notes();
  const chat = strict ? yield* TEXTBOOK.check(given) : yield* COERCED.check(yield* normalizeChat(given, notes));
  const unread = yield* unreadFields(strict ? ChatCompletionBody : AnyChatBody, chat);
  const ignored = ignoredFields(chat, PARAMETERS, [...notes.names, ...namesBesideDetails(unread, chat.messages)]);
  return { chat, ignored, inClientsWords: (error) => error };
}
