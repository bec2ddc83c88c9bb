import { Elysia } from "elysia";
import Type, { type Static } from "typebox";
import type { CountRequest } from "../../core/backend.ts";
import { inTurns, type Steps } from "../../core/pace.ts";
import type { Tool } from "../../core/request.ts";
import { turnController } from "../answer/first-event.ts";
import { RemoteImages } from "../attachments/remote-images.ts";
import type { DialectOptions } from "../dialect-options.ts";
import { ignoredFields, reportIgnored } from "../fields/ignored-fields.ts";
import { honoured, type Parameter, type Parameters, refused, withoutEffect } from "../fields/parameter.ts";
import { type Named, withModel } from "../fields/shared-fields.ts";
import {
  ABOUT_THE_ANSWER,
  ABOUT_THE_ANSWER_IF_TRUE,
  countedHeader,
  countedResponse,
  formatNotCounted,
  withoutThoughts,
} from "../fields/token-count.ts";
import { lenientSchema } from "../lenient/lenient-schema.ts";
import { describeFields } from "../openapi/describe-fields.ts";
import { ignored, optional } from "../validation/optional.ts";
import { standardSchema } from "../validation/standard-schema.ts";
import { unreadFields } from "../validation/unread-fields.ts";
import { decodeConversation } from "./decode/conversation.ts";
import { type DecodedRequest, refuseThread } from "./decode/request.ts";
import { type DecodedTools, decodeTools } from "./decode/tools.ts";
import { normalizeBody } from "./normalize/body.ts";
import { PARAMETERS } from "./parameters.ts";
import { MessagesBody } from "./wire/schema.ts";

/** The CLI has the conversation counted as it would be told alone. */
const NOT_ASKED: Parameter = withoutEffect("What it adds, or takes away, is not counted.");

/** What becomes of each field of POST /v1/messages/count_tokens, which takes those of POST /v1/messages. */
export const COUNT_PARAMETERS: Parameters = {
  ...PARAMETERS,
  messages: honoured(
    "As at `POST /v1/messages`, and they may end with the assistant. Thinking is not counted, and named.",
  ),
  max_tokens: ABOUT_THE_ANSWER,
  stream: ABOUT_THE_ANSWER_IF_TRUE,
  stop_sequences: ABOUT_THE_ANSWER,
  thinking: ABOUT_THE_ANSWER,
  output_config: refused("`format` is a 400: its schema is not counted. `effort` has no effect, and is named."),
  output_format: refused("A 400: its schema is not counted."),
  mcp_servers: NOT_ASKED,
  container: NOT_ASKED,
  context_management: NOT_ASKED,
  compaction: ABOUT_THE_ANSWER,
  tools: honoured("Your own, but for `input_examples`. Anthropic's are not counted, and named."),
  tool_choice: withoutEffect("What Anthropic adds for it is not counted."),
};

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

type DecodedCount = Pick<DecodedRequest, "ignored"> & { readonly request: CountRequest };

/** What is counted of a validated body. Throws an ApiError that names the field for what a schema cannot say. */
function* decodeCount(body: Named<CountBody>, strict: boolean): Steps<DecodedCount> {
  refuseThread(body);
  refuseFormat(body);
  const remote = new RemoteImages(new Map());
  const { changed, ...said } = yield* decodeConversation(body, remote, { strict, mayEndWithAnswer: true });
  const { turns, thoughts } = withoutThoughts(said.turns, "messages.content.thinking");
  const offered = { tools: body.tools, messages: body.messages };
  const { tools, leftOut } = countedTools(yield* decodeTools(offered, { strict }));
  return {
    request: { model: body.model, system: said.system, turns, tools },
    ignored: ignoredFields(body, COUNT_PARAMETERS, [
      ...(yield* unreadFields(CountBody, body)),
      ...leftOut,
      ...thoughts,
      ...changed,
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

const BODY = standardSchema(CountBody, describeFields(CountBody, COUNT_PARAMETERS));
const ANSWER = Type.Object({ input_tokens: Type.Integer() });

/** POST /v1/messages/count_tokens. */
export function countTokensRoute({ backend, strict = false, defaultModel, clients }: DialectOptions) {
  return new Elysia({ name: "anthropic-count-tokens" }).post(
    "/v1/messages/count_tokens",
    async ({ body: { body: checked, notes }, request: httpRequest }) => {
      const body = withModel(checked, defaultModel);
      const turn = turnController(httpRequest);
      const { request, ignored } = await inTurns(decodeCount(body, strict));
      const headers = reportIgnored([...notes, ...ignored], strict);
      const count = await backend.countTokens(request, turn.signal, { client: clients?.of(httpRequest).client });
      return Response.json({ input_tokens: count.inputTokens }, { headers: { ...headers, ...countedHeader(count) } });
    },
    {
      body: lenientSchema(BODY, strict ? undefined : normalizeBody),
      detail: {
        summary: "Count the tokens of a conversation, in Anthropic's own form",
        tags: ["Anthropic"],
        responses: countedResponse(ANSWER),
      },
    },
  );
}
