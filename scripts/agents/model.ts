import { blocksOf, textOf } from "../../src/simulator/messages-body.ts";
import { blocks, type ReplyBlock, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import type { RecordedRequest, Responder } from "../../src/simulator/simulator.ts";
import { callFor, type Step } from "./tools.ts";

/** What an agent's own requests, such as those for a title, are answered with. */
export const ASIDE = "A file is made";

/** One task of an agent's: the calls that the model makes, those of each answer in a list, and what it says in the end. */
export type Order = {
  /** Marks the requests that the order is for; stands in the prompt. */
  readonly mark: string;
  readonly steps: readonly (readonly Step[])[];
  readonly finalText: string;
  /** Whether that comes a word at a time, so that it can be given up in between. */
  readonly isSlow?: true;
};

const WORD_PAUSE_MS = 300;

/**
 * A model that does what it is ordered, and says so. Where it is it reads from the conversation alone, so that a request that is
 * sent twice is answered the same way.
 */
export function modelFor(orders: () => readonly Order[]): Responder {
  let calls = 0;
  return (request) => {
    const asked = lastAsked(request, orders());
    if (asked === undefined) return text(ASIDE);
    const { order, done } = asked;
    const thought: ReplyBlock[] = mayThink(request) ? [thinkingBlock(`What comes after ${done} steps?`)] : [];
    const step = order.steps[done];
    if (step === undefined && order.isSlow) {
      return blocks([textBlock(order.finalText, order.finalText.split(/(?<= )/))], { delayMs: WORD_PAUSE_MS });
    }
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

/** The order that the last question is about, and how many answers with calls there are behind that; undefined: about none. */
function lastAsked({ body: { messages } }: RecordedRequest, orders: readonly Order[]) {
  const texts = messages.map(({ role, content }) => (role === "user" ? textOf(content) : ""));
  const places = orders.map((order) => ({ order, at: texts.findLastIndex((said) => said.includes(order.mark)) }));
  const last = places.filter(({ at }) => at >= 0).sort((one, other) => other.at - one.at)[0];
  if (last === undefined) return undefined;
  const answers = messages.slice(last.at).filter(({ role }) => role === "assistant");
  const done = answers.filter(({ content }) => blocksOf(content).some(({ type }) => type === "tool_use")).length;
  return { order: last.order, done };
}

function mayThink({ body }: RecordedRequest): boolean {
  return body.thinking !== undefined && body.thinking.type !== "disabled";
}
