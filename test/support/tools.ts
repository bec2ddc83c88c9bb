// What a client that calls functions sends and gets, as far as the tests need it.

export type ToolCall = { id: string; type: "function"; function: { name: string; arguments: string } };
export type ToolMessage = { role: "assistant"; content: string | null; tool_calls?: ToolCall[] };

export const functionTool = (name: string, parameters: object = { type: "object" }, description?: string) => ({
  type: "function",
  function: { name, parameters, ...(description === undefined ? {} : { description }) },
});

export const user = (content: unknown) => ({ role: "user", content });
export const result = (id: string, content: unknown) => ({ role: "tool", tool_call_id: id, content });

/** An assistant's message of the history. */
export const calling = (content: string | null, ...calls: [id: string, name: string, args?: string][]) => ({
  role: "assistant",
  content,
  tool_calls: calls.map(([id, name, args = "{}"]) => ({ id, type: "function", function: { name, arguments: args } })),
});

/** As most clients tell it again: without what was thought, which only the process that waits knows then. */
export const forgetful = ({ role, content, tool_calls }: ToolMessage): ToolMessage => ({
  role,
  content,
  ...(tool_calls && { tool_calls }),
});

/** The message of an answer that was not streamed. Fails on any other status than 200. */
export async function readMessage(response: Response | Promise<Response>) {
  const answered = await response;
  const body = await answered.text();
  if (answered.status !== 200) throw new Error(`status ${answered.status}: ${body}`);
  const [choice] = (JSON.parse(body) as { choices: { message: ToolMessage; finish_reason: string }[] }).choices;
  if (choice === undefined) throw new Error("an answer without a choice");
  return { message: choice.message, finishReason: choice.finish_reason };
}
