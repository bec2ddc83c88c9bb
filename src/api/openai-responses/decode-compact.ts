import Type, { type Static } from "typebox";
import type { ChatRequest } from "../../core/request.ts";
import { type FetchedImages, RemoteImages } from "../attachments/remote-images.ts";
import { namesOfBends } from "../conversation-builder.ts";
import { ignoredFields, ignoredWithin } from "../ignored-fields.ts";
import { invalid } from "../invalid.ts";
import { SUMMARIZE } from "../responses-shape/compaction.ts";
import { withoutThoughts } from "../without-thoughts.ts";
import type { Accepted } from "./accept-body.ts";
import { COMPACT_PARAMETERS } from "./compact-parameters.ts";
import { decodeConversation } from "./decode-conversation.ts";
import { BENDS, refuseReferences, unreadCompactions } from "./decode-request.ts";
import { namesBesideThinking } from "./encrypted-thinking.ts";
import { withOwnModel } from "./model.ts";
import type { PrepareOptions } from "./prepare-response.ts";
import { resolveInput } from "./resolve-input.ts";
import { ResponseBody } from "./schema.ts";
import type { MessageItem, PlacedItem } from "./schema-items.ts";
import { isMessage } from "./schema-items.ts";

const { model, input, instructions, previous_response_id, conversation, prompt } = ResponseBody.properties;

/** The wire type of POST /v1/responses/compact. */
export const CompactBody = Type.Object({ model, input, instructions, previous_response_id, conversation, prompt });
export type CompactBody = Static<typeof CompactBody>;

export type DecodedCompact = {
  /** Asks for the summary. */
  readonly request: ChatRequest;
  /** What stays beside it: what users said, and what the model was told to do. */
  readonly kept: readonly MessageItem[];
  /** What was left out, or bent, for the response header. */
  readonly ignored: readonly string[];
  readonly missingImages: ReadonlyMap<string, string>;
};

const QUESTION: PlacedItem = { item: { type: "message", role: "user", content: SUMMARIZE }, path: "input" };

/** What is asked for a summary of a validated body. Throws an ApiError that names the field for what a schema cannot say. */
export function decodeCompact(
  accepted: Accepted<CompactBody>,
  { store, strict = false }: Pick<PrepareOptions, "store" | "strict">,
  images: FetchedImages = new Map(),
): DecodedCompact {
  // The default is for what is answered: here it must be the model whose conversation it is.
  const { model, ...body } = withOwnModel(accepted.body, store, undefined);
  refuseReferences(body);
  const { items, ignored } = resolveInput(accepted, store, strict);
  if (items.length === 0)
    throw invalid("input", "There is nothing to compact: send 'input' or 'previous_response_id'.");
  const remote = new RemoteImages(images);
  const { bends, ...said } = decodeConversation(body.instructions, [...items, QUESTION], remote, { strict });
  const { turns, thoughts } = withoutThoughts(said.turns, "input.encrypted_content");
  return {
    request: {
      model,
      system: said.system,
      turns: remote.settle(turns, strict),
      tools: [],
      toolChoice: { type: "auto" },
      parallelToolCalls: true,
      stop: [],
    },
    kept: items.map(({ item }) => item).filter((item) => isMessage(item) && item.role !== "assistant"),
    ignored: [
      ...accepted.notes,
      ...ignored,
      ...ignoredFields(body, COMPACT_PARAMETERS, [
        ...thoughts,
        ...namesBesideThinking(ignoredWithin(body, CompactBody), items),
        ...namesOfBends(bends, BENDS),
        ...remote.leftOut,
        ...unreadCompactions(items),
      ]),
    ],
    missingImages: remote.missing,
  };
}
