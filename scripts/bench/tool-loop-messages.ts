import { conversationOf, type MessagesBody } from "../../src/simulator/messages-body.ts";
import { blocks, type Reply, text, textBlock, toolUse } from "../../src/simulator/reply.ts";

// A loop as agents run it, in both dialects: a question, four calls of a tool, each answered at once, and the answer.

export const STEPS = 5;
const SYSTEM = "You are an agent. Use the tools.";
const NAME = "read_file";
const DESCRIPTION = "Reads a file";
const SCHEMA = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };

/** The simulated model's part: a call, until it has seen the results of all but the last step. */
export function answerToolLoop({ body }: { readonly body: MessagesBody }): Reply {
  const step = resultsIn(body) + 1;
  if (step === STEPS) return text("Done, all files are read.");
  return blocks([textBlock(`Reading file ${step}.`), toolUse(callId(step), NAME, input(step))]);
}

/** What an answer must hold. */
export const markOf = (step: number) => (step === STEPS ? '"finish_reason":"stop"' : callId(step));

export function ourBody(round: number, step: number): object {
  const past = pastSteps(step).flatMap((done) => [
    {
      role: "assistant",
      content: `Reading file ${done}.`,
      tool_calls: [
        { id: callId(done), type: "function", function: { name: NAME, arguments: JSON.stringify(input(done)) } },
      ],
    },
    { role: "tool", tool_call_id: callId(done), content: result(done) },
  ]);
  return {
    model: "claude-sonnet-4",
    stream: true,
    tools: [{ type: "function", function: { name: NAME, description: DESCRIPTION, parameters: SCHEMA } }],
    messages: [{ role: "system", content: SYSTEM }, { role: "user", content: question(round) }, ...past],
  };
}

export function directBody(round: number, step: number): object {
  const past = pastSteps(step).flatMap((done) => [
    {
      role: "assistant",
      content: [
        { type: "text", text: `Reading file ${done}.` },
        { type: "tool_use", id: callId(done), name: NAME, input: input(done) },
      ],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: callId(done), content: result(done) }] },
  ]);
  return {
    model: "claude-sonnet-4-5",
    max_tokens: 1000,
    stream: true,
    system: SYSTEM,
    tools: [{ name: NAME, description: DESCRIPTION, input_schema: SCHEMA }],
    messages: [{ role: "user", content: question(round) }, ...past],
  };
}

const callId = (step: number) => `toolu_step_${step}`;
const input = (step: number) => ({ path: `src/file-${step}.ts` });
const result = (step: number) => `export const value${step} = ${step};\n`.repeat(20);
const question = (round: number) => `Read the files of round ${round}.`;

/** The steps that lie behind. */
function pastSteps(step: number): number[] {
  return Array.from({ length: step - 1 }, (_, index) => index + 1);
}

function resultsIn(body: MessagesBody): number {
  const content = conversationOf(body).flatMap((turn) => turn.content);
  return content.filter(({ type }) => type === "tool_result").length;
}
