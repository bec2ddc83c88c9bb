/** The body of POST /v1/messages in the wire's own names, as far as it could be read. */
export type MessagesBody = Readonly<ReturnType<typeof readMessagesBody>>;

export type ApiFields = { readonly [field: string]: unknown };
export type ApiContent = string | readonly ApiBlock[];
export type ApiMessage = { readonly role: string; readonly content: ApiContent; readonly [field: string]: unknown };
export type ApiBlock = { readonly type: string; readonly text?: string; readonly [field: string]: unknown };
export type ApiTool = { readonly name: string; readonly [field: string]: unknown };

/** One turn of the conversation in a single form: content as blocks, cache markers removed. */
export type ConversationTurn = { readonly role: "user" | "assistant"; readonly content: readonly ApiBlock[] };

/** Reads what is there and leaves out what is missing or of another type; `judge` looks at the original. */
export function readMessagesBody(json: unknown) {
  const fields = isFields(json) ? json : {};
  return {
    model: typeof fields.model === "string" ? fields.model : "",
    system: fields.system === undefined ? undefined : readContent(fields.system),
    messages: listOf(fields.messages)?.filter(isFields).map(readMessage) ?? [],
    max_tokens: typeof fields.max_tokens === "number" ? fields.max_tokens : undefined,
    stop_sequences: listOf(fields.stop_sequences)?.filter((entry) => typeof entry === "string"),
    thinking: isFields(fields.thinking) ? fields.thinking : undefined,
    output_config: isFields(fields.output_config) ? fields.output_config : undefined,
    tools: listOf(fields.tools)?.filter(isFields).map(readTool),
    tool_choice: isFields(fields.tool_choice) ? fields.tool_choice : undefined,
    metadata: isFields(fields.metadata) ? fields.metadata : undefined,
    temperature: typeof fields.temperature === "number" ? fields.temperature : undefined,
    context_management: isFields(fields.context_management) ? fields.context_management : undefined,
    container: typeof fields.container === "string" || isFields(fields.container) ? fields.container : undefined,
    stream: fields.stream === true,
  };
}

/** The turns of user and assistant, without the system messages that the CLI adds in between. */
export function conversationOf(body: MessagesBody): ConversationTurn[] {
  return body.messages.flatMap(({ role, content }) =>
    role === "user" || role === "assistant" ? [{ role, content: blocksOf(content).map(withoutCacheControl) }] : [],
  );
}

/** A string stands for one text block; the API treats both alike. */
export function blocksOf(content: ApiContent | undefined): readonly ApiBlock[] {
  if (content === undefined) return [];
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** All the text in it, blocks joined by blank lines. */
export function textOf(content: ApiContent | undefined): string {
  return blocksOf(content)
    .flatMap(({ type, text }) => (type === "text" && text !== undefined ? [text] : []))
    .join("\n\n");
}

export function isFields(value: unknown): value is ApiFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function readMessage(fields: ApiFields): ApiMessage {
  return { ...fields, role: typeof fields.role === "string" ? fields.role : "", content: readContent(fields.content) };
}

function readTool(fields: ApiFields): ApiTool {
  return { ...fields, name: typeof fields.name === "string" ? fields.name : "" };
}

/** The text or the blocks, leaving out what is neither. */
export function readContent(content: unknown): ApiContent {
  if (typeof content === "string") return content;
  return listOf(content)?.filter(isFields).map(readBlock) ?? [];
}

function readBlock(fields: ApiFields): ApiBlock {
  const { text, ...others } = fields;
  const type = typeof fields.type === "string" ? fields.type : "";
  return typeof text === "string" ? { ...others, type, text } : { ...others, type };
}

function withoutCacheControl(block: ApiBlock): ApiBlock {
  const { cache_control: _, ...others } = block;
  return others;
}
