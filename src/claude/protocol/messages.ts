import Type, { type Static } from "typebox";

// What we read of the CLI's output (`--output-format stream-json`), and no more: unknown fields and types are skipped, since
// every version adds some. The documented shapes are in the npm package @anthropic-ai/claude-agent-sdk (sdk.d.ts).

const OptionalNullable = <T extends Type.TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));
const Text = OptionalNullable(Type.String());
const Count = OptionalNullable(Type.Number());
const Flag = OptionalNullable(Type.Boolean());

export const ApiUsage = Type.Object({
  input_tokens: Count,
  cache_creation_input_tokens: Count,
  cache_read_input_tokens: Count,
  output_tokens: Count,
  output_tokens_details: OptionalNullable(Type.Object({ thinking_tokens: Count })),
});
export type ApiUsage = Static<typeof ApiUsage>;

/** The Messages API's own streaming events, passed through by `--include-partial-messages`. */
export const ApiStreamEvent = Type.Union([
  Type.Object({
    type: Type.Literal("message_start"),
    message: Type.Object({ id: Type.String(), model: Type.String(), usage: ApiUsage }),
  }),
  Type.Object({
    type: Type.Literal("content_block_start"),
    index: Type.Number(),
    content_block: Type.Object({ type: Type.String(), text: Text, id: Text, name: Text }),
  }),
  Type.Object({
    type: Type.Literal("content_block_delta"),
    index: Type.Number(),
    delta: Type.Object({
      type: Type.String(),
      text: Text,
      thinking: Text,
      partial_json: Text,
      signature: Text,
      citation: Type.Optional(Type.Unknown()),
    }),
  }),
  Type.Object({ type: Type.Literal("content_block_stop"), index: Type.Number() }),
  Type.Object({
    type: Type.Literal("message_delta"),
    delta: Type.Object({ stop_reason: Text, stop_sequence: Text }),
    usage: Type.Optional(ApiUsage),
  }),
  Type.Object({ type: Type.Literal("message_stop") }),
]);
export type ApiStreamEvent = Static<typeof ApiStreamEvent>;

/** A finished block, or, with `error`, a notice of the CLI's own in place of an answer (`model: "<synthetic>"`). */
export const AssistantMessage = Type.Object({
  type: Type.Literal("assistant"),
  error: Text,
  /** What the CLI remembers of the answer, block by block. */
  message: OptionalNullable(Type.Unknown()),
});
export type AssistantMessage = Static<typeof AssistantMessage>;

/**
 * What the CLI adds to the conversation as the user's: results of calls, those among them that it gives itself, such as its check of
 * structured output, and that a turn was interrupted.
 */
export const UserMessage = Type.Object({
  type: Type.Literal("user"),
  uuid: Text,
  message: Type.Object({
    content: Type.Union([
      Type.String(),
      Type.Array(Type.Object({ type: Type.String(), tool_use_id: Text, is_error: Flag })),
    ]),
  }),
});
export type UserMessage = Static<typeof UserMessage>;

/** Ends every turn, also one that failed: then `is_error` is set, even where `subtype` says success. */
export const ResultMessage = Type.Object({
  type: Type.Literal("result"),
  subtype: Type.String(),
  is_error: Type.Boolean(),
  num_turns: Type.Optional(Type.Number()),
  result: Text,
  api_error_status: Count,
  /** Anthropic's own word for the failure, also of one within a stream, which has no status; not from 2.1.250. */
  api_error_type: Text,
  terminal_reason: Text,
  /** Of all turns of the process, at Anthropic's list prices, in US dollars. */
  total_cost_usd: Type.Optional(Type.Unknown()),
  /** Of each model that the process has asked, by its id: `contextWindow` and more. What it says is no reason to refuse the rest. */
  modelUsage: Type.Optional(Type.Unknown()),
});
export type ResultMessage = Static<typeof ResultMessage>;

/** The beginning of a turn: `tools` are those that the model is offered, by the API's names. */
export const InitMessage = Type.Object({
  type: Type.Literal("system"),
  subtype: Type.Literal("init"),
  tools: Type.Array(Type.String()),
  /** The one that will be asked, in full. */
  model: Type.Optional(Type.Unknown()),
});
export type InitMessage = Static<typeof InitMessage>;

/** The plan's limits as the API's response headers gave them; `resetsAt` is in seconds since the epoch. */
export const RateLimitMessage = Type.Object({
  type: Type.Literal("rate_limit_event"),
  rate_limit_info: Type.Object({
    status: Type.String(),
    resetsAt: Count,
    rateLimitType: Text,
    isUsingOverage: Flag,
    overageStatus: Text,
    overageResetsAt: Count,
    overageDisabledReason: Text,
    unifiedWindows: OptionalNullable(
      Type.Record(
        Type.String(),
        Type.Object({ utilization: Type.Number(), resetsAt: Type.Number(), status: Text, surpassedThreshold: Count }),
      ),
    ),
  }),
});
export type RateLimitMessage = Static<typeof RateLimitMessage>;

export const ControlResponseMessage = Type.Object({
  type: Type.Literal("control_response"),
  response: Type.Object({
    subtype: Type.String(),
    request_id: Type.String(),
    response: Type.Optional(Type.Unknown()),
    error: Type.Optional(Type.String()),
  }),
});
export type ControlResponseMessage = Static<typeof ControlResponseMessage>;

/** A question of the CLI to us: it waits for the answer. */
export const ControlRequestMessage = Type.Object({
  type: Type.Literal("control_request"),
  request_id: Type.String(),
  request: Type.Object({ subtype: Type.String() }),
});
export type ControlRequestMessage = Static<typeof ControlRequestMessage>;

/** One entry of the models that `list_models` and `initialize` report for the account. */
export const ReportedModel = Type.Object({
  value: Type.String(),
  resolvedModel: Type.Optional(Type.String()),
  displayName: Type.Optional(Type.String()),
  supportedEffortLevels: Type.Optional(Type.Array(Type.String())),
  /** Never false: of a model that has none it is left out, as the levels are. */
  supportsAdaptiveThinking: Type.Optional(Type.Boolean()),
});
export type ReportedModel = Static<typeof ReportedModel>;
