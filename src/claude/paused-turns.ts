import { completeTurns } from "../core/continuation.ts";
import type { ChatEvent, Finish, Usage } from "../core/event.ts";
import { isJsonObject } from "../core/json.ts";
import type { ChatRequest, Turn } from "../core/request.ts";
import { AnswerRecorder } from "./turn/answer-events.ts";
import { addUsage } from "./turn/usage.ts";

/** So often an answer that the API pauses is gone on with: each time is another request to the model. */
const MOST_PAUSES = 3;

/**
 * The events of an answer as one, though the API pauses it: then it is asked to go on. The API would take the paused answer as the end of
 * the conversation; the CLI wants a turn of the user's there, which asks to go on.
 */
export async function* withPausesOver(
  request: ChatRequest,
  run: (request: ChatRequest) => AsyncIterable<ChatEvent>,
): AsyncGenerator<ChatEvent> {
  let asked: ChatRequest | undefined = request;
  let spent: Usage | undefined;
  let blocks = 0;
  for (let pauses = 0; asked !== undefined; pauses++) {
    const current: ChatRequest = asked;
    const [isFirst, before] = [pauses === 0, blocks];
    const answer = new AnswerRecorder();
    asked = undefined;
    for await (const event of run(current)) {
      answer.push(event);
      if (event.type === "finish") {
        const usage: Usage = spent ? addUsage(spent, event.usage) : event.usage;
        const left = pauses < MOST_PAUSES && request.tellsPauses !== true;
        asked = left ? goingOn(current, answer.turn, event) : undefined;
        if (asked) spent = usage;
        else yield { ...event, usage };
      } else if ("block" in event) {
        const block = before + event.block;
        blocks = Math.max(blocks, block + 1);
        yield { ...event, block };
      } else if (isFirst || event.type !== "response-start") yield event;
    }
  }
}

/** What is asked next; undefined: the answer was not paused, its limit is used up, or there is nothing that it could go on from. */
function goingOn(request: ChatRequest, answer: Turn, { reason, usage, native }: Finish): ChatRequest | undefined {
  if (reason.raw !== "pause_turn" || !canGoOn(answer)) return undefined;
  const { maxOutputTokens, toolChoice } = request;
  const left = maxOutputTokens === undefined ? undefined : maxOutputTokens - usage.outputTokens;
  if (left !== undefined && left < 1) return undefined;
  const container = isJsonObject(native?.container) ? native.container.id : undefined;
  return {
    ...request,
    turns: completeTurns([...request.turns, answer]).turns,
    // What had to be called was.
    toolChoice: toolChoice.type === "none" ? toolChoice : { type: "auto" },
    maxOutputTokens: left,
    // Where what it has done so far is.
    ...(container !== undefined && { native: { ...request.native, container } }),
  };
}

/** A call of a client's waits for that client; and of what was only thought, or never begun, nothing stays. */
function canGoOn({ content }: Turn): boolean {
  const types = content.map(({ type }) => type);
  return !types.includes("tool-call") && types.some((type) => type !== "thinking");
}
