import Type, { type Static } from "typebox";
import type { CountRequest } from "../../core/backend.ts";
import type { Tool } from "../../core/request.ts";
import { RemoteImages } from "../attachments/remote-images.ts";
import { namesOfBends } from "../conversation-builder.ts";
import { ignoredFields, ignoredWithin } from "../ignored-fields.ts";
import type { Named } from "../named-model.ts";
import { formatNotCounted } from "../not-counted.ts";
import { ignored, optional } from "../validation/optional.ts";
import { withoutThoughts } from "../without-thoughts.ts";
import { COUNT_PARAMETERS } from "./count-parameters.ts";
import { decodeConversation } from "./decode-conversation.ts";
import { BENDS, type DecodedRequest, refuseThread } from "./decode-request.ts";
import { type DecodedTools, decodeTools, type ToolOptions } from "./decode-tools.ts";
import { MessagesBody } from "./schema.ts";

const { model, messages, system, tools, output_format, mcp_servers, thread, billing_policy, compaction } =
  MessagesBody.properties;

/** The wire type of POST /v1/messages/count_tokens: what has an effect of what POST /v1/messages takes. */
export const CountBody = Type.Object({
  model,
  messages,
  system,
  tools,
  output_config: optional(Type.Object({ effort: ignored(Type.Unknown()), format: output_format })),
  output_format,
  mcp_servers,
  thread,
  billing_policy,
  compaction,
});
export type CountBody = Static<typeof CountBody>;

export type DecodedCount = Pick<DecodedRequest, "ignored"> & { readonly request: CountRequest };

/** What is counted of a validated body. Throws an ApiError that names the field for what a schema cannot say. */
export function decodeCount(
  body: Named<CountBody>,
  { strict = false }: Pick<ToolOptions, "strict"> = {},
): DecodedCount {
  refuseThread(body);
  refuseFormat(body);
  const remote = new RemoteImages(new Map());
  const { bends, ...said } = decodeConversation(body, remote, { strict, mayEndWithAnswer: true });
  const { turns, thoughts } = withoutThoughts(said.turns, "messages.content.thinking");
  const { tools, leftOut } = countedTools(decodeTools({ tools: body.tools, messages: body.messages }, { strict }));
  return {
    request: { model: body.model, system: said.system, turns: remote.settle(turns, strict), tools },
    ignored: ignoredFields(body, COUNT_PARAMETERS, [
      ...ignoredWithin(body, CountBody),
      ...leftOut,
      ...thoughts,
      ...namesOfBends(bends, BENDS),
      ...remote.leftOut,
    ]),
  };
}

/** What the CLI has counted of tools is what it could offer itself: names, descriptions and schemas. */
function countedTools({ tools, serverTools }: DecodedTools): Pick<DecodedTools, "tools" | "leftOut"> {
  const leftOut: string[] = serverTools.map(({ definition }) => `tools.${String(definition.type)}`);
  const counted = tools.flatMap(({ native = {}, ...tool }): Tool[] => {
    const { type } = native;
    if (type !== undefined && type !== "custom") {
      leftOut.push(`tools.${String(type)}`);
      return [];
    }
    if ("input_examples" in native) leftOut.push("tools.input_examples");
    return [tool];
  });
  return { tools: counted, leftOut };
}

function refuseFormat({ output_config, output_format }: CountBody): void {
  if (output_config?.format) throw formatNotCounted("output_config.format");
  if (output_format) throw formatNotCounted("output_format");
}
