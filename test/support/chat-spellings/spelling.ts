/** A request as some program sends it, and the same as the textbook has it. */
export type Spelling = {
  readonly title: string;
  /** Fields of a chat's body; the model, and a question, where there are no messages, are beside them. */
  readonly sent: Readonly<Record<string, unknown>>;
  readonly textbook: Readonly<Record<string, unknown>>;
  /** What the response header names of it. */
  readonly ignored?: readonly string[];
};

export const spelling = (
  title: string,
  sent: Spelling["sent"],
  textbook: Spelling["textbook"],
  ...ignored: string[]
): Spelling => ({ title, sent, textbook, ignored });

export const QUESTION = { role: "user", content: "q" };
export const text = (said: string) => ({ type: "text", text: said });
export const call = (id: string, args = "{}", name = "f") => ({
  id,
  type: "function",
  function: { name, arguments: args },
});
export const calling = (...tool_calls: unknown[]) => ({ role: "assistant", content: null, tool_calls });
export const result = (tool_call_id: unknown, content: unknown = "r") => ({ role: "tool", tool_call_id, content });
export const definition = { name: "f", description: "Does f.", parameters: { type: "object", properties: {} } };
export const tool = { type: "function", function: definition };
