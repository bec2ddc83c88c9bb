import { expect } from "bun:test";
import { type Reply, toolUse } from "../../src/simulator/reply.ts";
import type { Harness } from "./harness.ts";
import { receivedTurns } from "./received.ts";
import { functionTool, readStreamedMessage } from "./tools.ts";

// Steps of a loop of calls, as a chat has them, and what the model is told of each.

const MODEL = "claude-sonnet-4";
export const TOOLS = [functionTool("look", { type: "object", properties: { n: { type: "number" } } })];
export const LOOK = (id: string, n = 0) => toolUse(id, "look", { n });

/**
 * Sends one request, which must reach the model as exactly one; gives its answer and what the model was told. The answer is streamed: for a
 * question alone another process might be started else.
 */
export async function step(harness: Harness, reply: Reply, messages: readonly object[], extra: object = {}) {
  const before = harness.simulator.requests.length;
  harness.simulator.enqueue(reply);
  const body = { model: MODEL, tools: TOOLS, messages, stream: true, ...extra };
  const { message, finishReason } = await readStreamedMessage(harness.chat(body));
  expect(harness.simulator.requests).toHaveLength(before + 1);
  const request = harness.simulator.requests.at(-1);
  if (!request) throw new Error("no request arrived");
  return { message, finishReason, turns: receivedTurns(request), request };
}

/** How the last request was served. */
export const lastServed = (harness: Harness) =>
  harness.log.flatMap((line) => / debug served (.*)\n/.exec(line)?.[1] ?? []).at(-1);

/** The process that took the last request up. */
export function servingPid(harness: Harness): number {
  const pid = /pid=(\d+)/.exec(lastServed(harness) ?? "")?.[1];
  if (pid === undefined) throw new Error("no request was served");
  return Number(pid);
}

export const toolResult = (id: string, content: unknown) => ({ type: "tool_result", tool_use_id: id, content });
export const said = (content: string) => [{ type: "text", text: content }];
