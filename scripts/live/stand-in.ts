import { simulatedId } from "../../src/simulator/answer/simulated-message.ts";
import { demoAnswer } from "../../src/simulator/demo/demo-answer.ts";
import { type ApiBlock, conversationOf, textOf } from "../../src/simulator/messages-body.ts";
import { blocks, native, type Reply, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";

/** Plays the model before the simulated API: does what the claims ask it, and else what the demo does. */
export function standIn(request: RecordedRequest): Reply {
  const { body } = request;
  const last = conversationOf(body).at(-1)?.content ?? [];
  const said = textOf(last);
  if (said.includes("Count from one")) return text("one, two, three, four, five");
  if (body.tools?.some(({ type }) => String(type).startsWith("code_execution"))) return blocks(ran());
  const isThinking = body.thinking?.type === "adaptive" && said.includes("Think");
  if (!isThinking) return demoAnswer(request);
  const thought = thinkingBlock("91 is 7 times 13.");
  if (!said.includes("call look")) return blocks([thought, textBlock("It is not.")]);
  return blocks([thought, toolUse(simulatedId("toolu"), "look", { place: "the attic" })]);
}

function ran() {
  const id = simulatedId("srvtoolu");
  const result: ApiBlock = {
    type: "bash_code_execution_tool_result",
    tool_use_id: id,
    content: { type: "bash_code_execution_result", stdout: "42\n", stderr: "", return_code: 0, content: [] },
  };
  const call: ApiBlock = { type: "server_tool_use", id, name: "bash_code_execution", input: { command: "echo 42" } };
  return [native(call), native(result), textBlock("42.")];
}
