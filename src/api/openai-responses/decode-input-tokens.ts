import Type, { type Static } from "typebox";
import type { CountRequest } from "../../core/backend.ts";
import type { FetchedImages } from "../attachments/decode-with-images.ts";
import { RemoteImages } from "../attachments/remote-images.ts";
import { ignoredFields, ignoredWithin } from "../ignored-fields.ts";
import { withModel } from "../named-model.ts";
import { formatNotCounted } from "../not-counted.ts";
import { optional } from "../validation/optional.ts";
import { decodeConversation } from "./decode-conversation.ts";
import { type DecodedRequest, refuseReferences } from "./decode-request.ts";
import { decodeTools } from "./decode-tools.ts";
import { INPUT_TOKENS_PARAMETERS } from "./input-tokens-parameters.ts";
import { resolveInput } from "./resolve-input.ts";
import { ResponseBody } from "./schema.ts";
import type { ToolChoiceOption } from "./schema-tools.ts";
import type { ResponseStore } from "./store.ts";

const { model, input, instructions, text, tools, tool_choice, previous_response_id, conversation, prompt } =
  ResponseBody.properties;

/** The wire type of POST /v1/responses/input_tokens: what has an effect of what POST /v1/responses takes. */
export const InputTokensBody = Type.Object({
  model,
  input: optional(input),
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
  body: InputTokensBody,
  { store, defaultModel }: { readonly store: ResponseStore; readonly defaultModel?: string },
  images: FetchedImages = new Map(),
): DecodedInputTokens {
  refuseReferences(body);
  if (body.text?.format && body.text.format.type !== "text") throw formatNotCounted("text.format");
  const { items } = resolveInput({ ...body, input: body.input ?? [] }, store);
  const remote = new RemoteImages(images);
  const choice = allowedTools(body.tool_choice);
  const { tools, ignoredTools } = decodeTools({ tools: body.tools, tool_choice: choice });
  const conversation = decodeConversation(body.instructions, items, remote, { mayEndWithAnswer: true });
  const ignoredChoice = (body.tool_choice ?? "auto") !== "auto" && choice === undefined ? ["tool_choice"] : [];
  return {
    request: { model: withModel(ofPrevious(body, store), defaultModel).model, ...conversation, tools },
    ignored: ignoredFields(body, INPUT_TOKENS_PARAMETERS, [
      ...ignoredTools,
      ...ignoredChoice,
      ...ignoredWithin(body, InputTokensBody),
    ]),
    missingImages: remote.missing,
  };
}

/** Of all choices this one alone changes what the model is offered. */
function allowedTools(choice: ToolChoiceOption | null | undefined): ToolChoiceOption | undefined {
  return typeof choice === "object" && choice?.type === "allowed_tools" ? choice : undefined;
}

/** Without a model of its own, a request is counted as the response that it goes on after would be. */
function ofPrevious({ model, previous_response_id }: InputTokensBody, store: ResponseStore): { model?: string | null } {
  if (model) return { model };
  const previous = previous_response_id ? store.get(previous_response_id)?.response.model : undefined;
  return { model: typeof previous === "string" ? previous : undefined };
}
