// What a client that calls functions sends and gets, as far as the tests need it.
import { sseChunks } from "./sse.ts";

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

type Delta = {
  content?: string | null;
  reasoning_content?: string;
  tool_calls?: (Partial<ToolCall> & { index: number })[];
  function_call?: { name?: string; arguments?: string };
};

/** The message of an answer that was streamed, as {@link readMessage} gives it. Fails where the stream tells an error, too. */
export async function readStreamedMessage(response: Response | Promise<Response>) {
  const answered = await response;
  const body = await answered.text();
  if (answered.status !== 200 || body.includes('"error":{')) throw new Error(`status ${answered.status}: ${body}`);
  const message: ToolMessage & Record<string, unknown> = { role: "assistant", content: null };
  let finishReason = "";
  const chunks: { choices: { delta: Delta; finish_reason: string | null }[] }[] = sseChunks(body);
  for (const { delta, finish_reason } of chunks.flatMap(({ choices }) => choices)) {
    for (const name of ["content", "reasoning_content"] as const)
      if (delta[name]) message[name] = `${message[name] ?? ""}${delta[name]}`;
    for (const { index, ...call } of delta.tool_calls ?? []) {
      const { tool_calls: calls = [] } = message;
      message.tool_calls = calls;
      const { id, function: named } = calls[index] ?? { id: "", function: { name: "", arguments: "" } };
      calls[index] = { id: call.id ?? id, type: "function", function: joined(named, call.function) };
    }
    if (delta.function_call) message.function_call = joined(Object(message.function_call), delta.function_call);
    finishReason = finish_reason ?? finishReason;
  }
  if (finishReason === "") throw new Error("an answer without an end");
  return { message, finishReason };
}

const joined = (begun: Partial<ToolCall["function"]>, more: Partial<ToolCall["function"]> = {}) => ({
  name: more.name ?? begun.name ?? "",
  arguments: `${begun.arguments ?? ""}${more.arguments ?? ""}`,
});
