import Type, { type Static } from "typebox";
import { ignored, optional } from "../validation/optional.ts";

// What messages consist of. `cache_control` and whatever else is not named here is kept, unread, and told of in a header.

/** Sources are not quoted. */
const citations = optional(Type.Object({ enabled: ignored(Type.Boolean(), false) }));

export const TextBlock = Type.Object({ type: Type.Literal("text"), text: Type.String() });
export type TextBlock = Static<typeof TextBlock>;

export const ImageBlock = Type.Object({
  type: Type.Literal("image"),
  source: Type.Union([
    Type.Object({ type: Type.Literal("base64"), media_type: Type.String(), data: Type.String() }),
    Type.Object({ type: Type.Literal("url"), url: Type.String() }),
  ]),
});
export type ImageBlock = Static<typeof ImageBlock>;

export const DocumentBlock = Type.Object({
  type: Type.Literal("document"),
  source: Type.Union([
    Type.Object({ type: Type.Literal("base64"), media_type: Type.Literal("application/pdf"), data: Type.String() }),
    Type.Object({ type: Type.Literal("text"), media_type: Type.Literal("text/plain"), data: Type.String() }),
    Type.Object({ type: Type.Literal("content"), content: Type.Union([Type.String(), Type.Array(TextBlock)]) }),
  ]),
  title: optional(Type.String()),
  context: ignored(Type.String()),
  citations,
});
export type DocumentBlock = Static<typeof DocumentBlock>;

export const ToolUseBlock = Type.Object({
  type: Type.Literal("tool_use"),
  id: Type.String({ minLength: 1 }),
  name: Type.String({ minLength: 1 }),
  input: Type.Record(Type.String(), Type.Unknown()),
});

export const ToolResultBlock = Type.Object({
  type: Type.Literal("tool_result"),
  tool_use_id: Type.String(),
  content: optional(Type.Union([Type.String(), Type.Array(Type.Union([TextBlock, ImageBlock]))])),
  is_error: optional(Type.Boolean()),
});
export type ToolResultBlock = Static<typeof ToolResultBlock>;

// Anthropic takes thinking only as its own, signed, and no signature gets here: what a client kept of it cannot be given back.

export const ThinkingBlock = Type.Object({
  type: Type.Literal("thinking"),
  thinking: ignored(Type.Unknown()),
  signature: ignored(Type.Unknown()),
});

export const RedactedThinkingBlock = Type.Object({
  type: Type.Literal("redacted_thinking"),
  data: ignored(Type.Unknown()),
});
