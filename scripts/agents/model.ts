import { blocksOf } from "../../src/simulator/messages-body.ts";
import { blocks, type ReplyBlock, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import type { RecordedRequest, Responder } from "../../src/simulator/simulator.ts";
import { callFor, type Step } from "./tools.ts";

/** What an agent's own requests, such as those for a title, are answered with. */
const ASIDE = "A file is made";

/** One task of an agent's: the calls that the model makes, those of each answer in a list, and what it says in the end. */
export type Order = {
  /** Marks the requests that the order is for; stands in the prompt. */
  readonly mark: string;
  readonly steps: readonly (readonly Step[])[];
  readonly finalText: string;
};

/**
 * A model that does what it is ordered, and says so. Where it is it reads from the conversation alone, so that a request that is
 * sent twice is answered the same way.
 */
export function modelFor(orders: () => readonly Order[]): Responder {
  let calls = 0;
  return (request) => {
    const order = orders().findLast(({ mark }) => request.rawBody.includes(mark));
    if (order === undefined) return text(ASIDE);
    const done = stepsDone(request, order.mark);
    if (done === undefined) return text(ASIDE);
    const thought: ReplyBlock[] = mayThink(request) ? [thinkingBlock(`What comes after ${done} steps?`)] : [];
    const step = order.steps[done];
    if (step === undefined) return blocks([...thought, textBlock(order.finalText)]);
    const found = step.map((each) => callFor(each, request.body.tools ?? []));
    if (found.some((call) => call === undefined)) return text(ASIDE);
    return blocks([
      ...thought,
      textBlock(`I do step ${done + 1}.`),
      ...found.flatMap((call) =>
        call ? [toolUse(`toolu_${String(++calls).padStart(4, "0")}`, call.name, call.input)] : [],
      ),
    ]);
  };
}

/** How many answers with calls there are behind the question with the mark; undefined where it stands in no question. */
function stepsDone({ body }: RecordedRequest, mark: string): number | undefined {
  const isAsked = (content: RecordedRequest["body"]["messages"][number]["content"]) =>
    blocksOf(content).some((block) => block.type === "text" && block.text?.includes(mark));
  const asked = body.messages.findLastIndex(({ role, content }) => role === "user" && isAsked(content));
  if (asked === -1) return undefined;
  const answers = body.messages.slice(asked).filter(({ role }) => role === "assistant");
  return answers.filter(({ content }) => blocksOf(content).some(({ type }) => type === "tool_use")).length;
}

function mayThink({ body }: RecordedRequest): boolean {
  return body.thinking !== undefined && body.thinking.type !== "disabled";
}
