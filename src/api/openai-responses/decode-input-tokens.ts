import Type, { type Static } from "typebox";
import type { CountRequest } from "../../core/backend.ts";
import type { FetchedImages } from "../attachments/remote-images.ts";
import { RemoteImages } from "../attachments/remote-images.ts";
import { namesOfBends } from "../conversation-builder.ts";
import { ignoredFields, ignoredWithin } from "../ignored-fields.ts";
import { formatNotCounted } from "../not-counted.ts";
import { withoutThoughts } from "../without-thoughts.ts";
import type { Accepted } from "./accept-body.ts";
import { decodeConversation } from "./decode-conversation.ts";
import { BENDS, type DecodedRequest, refuseReferences, unreadCompactions } from "./decode-request.ts";
import { decodeTools } from "./decode-tools.ts";
import { namesBesideThinking } from "./encrypted-thinking.ts";
import { INPUT_TOKENS_PARAMETERS } from "./input-tokens-parameters.ts";
import { withOwnModel } from "./model.ts";
import type { PrepareOptions } from "./prepare-response.ts";
import { resolveInput } from "./resolve-input.ts";
import { ResponseBody } from "./schema.ts";
import type { ToolChoiceOption } from "./schema-tools.ts";
import { unreadAnnotations, unreadSearches } from "./search-items.ts";

const { model, input, instructions, text, tools, tool_choice, previous_response_id, conversation, prompt } =
  ResponseBody.properties;

/** The wire type of POST /v1/responses/input_tokens: what has an effect of what POST /v1/responses takes. */
export const InputTokensBody = Type.Object({
  model,
  input,
  instructions,
  text,
  tools,
  tool_choice,
  previous_response_id,
  conversation,
  prompt,
});
export type InputTokensBody = Static<typeof InputTokensBody>;

export type DecodedInputTokens = Pick<DecodedRequest, "ignored" | "missingImages"> & { readonly request: CountRequest };

/** What is counted of a validated body. Throws an ApiError that names the field for what a schema cannot say. */
export function decodeInputTokens(
  accepted: Accepted<InputTokensBody>,
  { store, strict = false, defaultModel }: Pick<PrepareOptions, "store" | "strict" | "defaultModel">,
  images: FetchedImages = new Map(),
): DecodedInputTokens {
  const { model, ...body } = withOwnModel(accepted.body, store, defaultModel);
  refuseReferences(body);
  if (body.text?.format && body.text.format.type !== "text") throw formatNotCounted("text.format");
  const { items, ignored } = resolveInput(accepted, store, strict);
  const remote = new RemoteImages(images);
  const choice = allowedTools(body.tool_choice);
  const { tools, ignoredTools } = decodeTools({ tools: body.tools, tool_choice: choice }, { strict, webSearch: false });
  const options = { strict, mayEndWithAnswer: true };
  const { bends, ...said } = decodeConversation(body.instructions, items, remote, options);
  const { turns, thoughts } = withoutThoughts(said.turns, "input.encrypted_content");
  const ignoredChoice = (body.tool_choice ?? "auto") !== "auto" && choice === undefined ? ["tool_choice"] : [];
  return {
    request: { model, system: said.system, turns: remote.settle(turns, strict), tools },
    ignored: [
      ...accepted.notes,
      ...ignored,
      ...ignoredFields(body, INPUT_TOKENS_PARAMETERS, [
        ...ignoredTools,
        ...ignoredChoice,
        ...thoughts,
        ...namesBesideThinking(ignoredWithin(body, InputTokensBody), items),
        ...namesOfBends(bends, BENDS),
        ...remote.leftOut,
        ...unreadCompactions(items),
        ...unreadSearches(items),
        ...unreadAnnotations(items),
      ]),
    ],
    missingImages: remote.missing,
  };
}

/** Of all choices this one alone changes what the model is offered. */
function allowedTools(choice: ToolChoiceOption | null | undefined): ToolChoiceOption | undefined {
  return typeof choice === "object" && choice?.type === "allowed_tools" ? choice : undefined;
}
