import Type, { type Static } from "typebox";
import { ignored, optional, readWhole } from "../validation/optional.ts";

// What messages consist of. `cache_control` and whatever else is not named here is kept, unread, and told of in a header.

export const TextBlock = Type.Object({ type: Type.Literal("text"), text: Type.String() });
export type TextBlock = Static<typeof TextBlock>;

export const ImageBlock = Type.Object({
  type: Type.Literal("image"),
  source: Type.Union([
    Type.Object({ type: Type.Literal("base64"), media_type: Type.String(), data: Type.String() }),
    Type.Object({ type: Type.Literal("url"), url: Type.String() }),
    Type.Object({ type: Type.Literal("file"), file_id: Type.String() }),
  ]),
});
export type ImageBlock = Static<typeof ImageBlock>;

/** Only what is natively another block has a context and citations. */
export const DocumentBlock = Type.Object({
  type: Type.Literal("document"),
  source: Type.Union([
    Type.Object({ type: Type.Literal("base64"), media_type: Type.Literal("application/pdf"), data: Type.String() }),
    Type.Object({ type: Type.Literal("text"), media_type: Type.Literal("text/plain"), data: Type.String() }),
    Type.Object({ type: Type.Literal("content"), content: Type.Union([Type.String(), Type.Array(TextBlock)]) }),
    Type.Object({ type: Type.Literal("url"), url: Type.String() }),
    Type.Object({ type: Type.Literal("file"), file_id: Type.String() }),
  ]),
  title: optional(Type.String()),
  context: ignored(Type.String()),
  /** Sources are not quoted. */
  citations: optional(Type.Object({ enabled: ignored(Type.Boolean(), false) })),
});
export type DocumentBlock = Static<typeof DocumentBlock>;

/** What the CLI decides, whatever a client says. */
export const NOT_NATIVE = ["cache_control"] as const;

/** Blocks that say nothing to us and all to the API, by their types: they travel as they are. */
const nativeOf = <T extends string>(...types: T[]) =>
  readWhole(Type.Object({ type: Type.Union(types.map((type) => Type.Literal(type))) }), NOT_NATIVE);

export const SearchResultBlock = nativeOf("search_result");

export const UserNativeBlock = nativeOf("search_result", "container_upload");

/** What Anthropic's own tools were asked, and what they gave; and what stands for a conversation that it has compacted. */
export const AssistantNativeBlock = nativeOf(
  "server_tool_use",
  "web_search_tool_result",
  "web_fetch_tool_result",
  "code_execution_tool_result",
  "bash_code_execution_tool_result",
  "text_editor_code_execution_tool_result",
  "tool_search_tool_result",
  "advisor_tool_result",
  "mcp_tool_use",
  "mcp_tool_result",
  "compaction",
);
export type NativeBlock = Static<typeof UserNativeBlock> | Static<typeof AssistantNativeBlock>;

export const ToolUseBlock = Type.Object({
  type: Type.Literal("tool_use"),
  id: Type.String(),
  name: Type.String({ minLength: 1 }),
  input: Type.Record(Type.String(), Type.Unknown()),
  // Who called says nothing to the model that called.
  caller: Type.Optional(Type.Unknown()),
});

/** Stands for the definition of a tool that was deferred. */
export const ToolReferenceBlock = Type.Object({ type: Type.Literal("tool_reference"), tool_name: Type.String() });

export const ToolResultBlock = Type.Object({
  type: Type.Literal("tool_result"),
  tool_use_id: Type.String(),
  content: optional(
    Type.Union([
      Type.String(),
      Type.Array(Type.Union([TextBlock, ImageBlock, DocumentBlock, SearchResultBlock, ToolReferenceBlock])),
    ]),
  ),
  is_error: optional(Type.Boolean()),
});
export type ToolResultBlock = Static<typeof ToolResultBlock>;

// Anthropic takes thinking only as its own, signed. Whatever else programs have here is left out, and named.

export const ThinkingBlock = Type.Object({
  type: Type.Literal("thinking"),
  thinking: Type.Optional(Type.Unknown()),
  signature: Type.Optional(Type.Unknown()),
});

export const RedactedThinkingBlock = Type.Object({
  type: Type.Literal("redacted_thinking"),
  data: Type.Optional(Type.Unknown()),
});
