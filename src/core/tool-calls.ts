import { ApiError } from "./error.ts";
import { KeyedQueues } from "./keyed-queues.ts";
import { each, type Steps } from "./pace.ts";
import type { ContentBlock, ToolCallBlock, ToolResultBlock, Turn } from "./request.ts";
import { hasBlock } from "./turns.ts";

/** What stands in for a result that the client left out. */
export const MISSING_RESULT = "No result was given for this call.";

/**
 * Brings calls and results into the form the Anthropic API asks for: the turn after a call begins with the results of all calls,
 * in the calls' order; a call without a result gets one that says so; ids, which some clients count anew in every turn, are
 * unique over the conversation. `turns` must alternate: see `normalizeTurns`. Throws `invalid_request` for a result without a call.
 */
export function* pairToolCalls(turns: readonly Turn[]): Steps<Turn[]> {
  const ids = new UniqueIds();
  let open: OpenCall[] = [];
  const paired: Turn[] = [];
  const pair = (turn: Turn): Turn => {
    const calls = open;
    open = [];
    if (turn.role === "user")
      return calls.length === 0 && !hasBlock(turn, "tool-result") ? turn : answerCalls(turn, calls);
    if (!hasBlock(turn, "tool-call")) return turn;
    const content = turn.content.map((block): ContentBlock => {
      if (block.type !== "tool-call") return block;
      const call = { ...block, id: ids.unused(block.id) };
      open.push({ call, clientId: block.id });
      return call;
    });
    return { ...turn, content };
  };
  yield* each(turns, (turn) => paired.push(pair(turn)));
  return paired;
}

export function toolResultsOf({ content }: Turn): readonly ToolResultBlock[] {
  return content.filter((block) => block.type === "tool-result");
}

export function toolCallsOf({ content }: Turn): readonly ToolCallBlock[] {
  return content.filter((block) => block.type === "tool-call");
}

type OpenCall = { readonly call: ToolCallBlock; readonly clientId: string; result?: ToolResultBlock };

function answerCalls(turn: Turn, calls: readonly OpenCall[]): Turn {
  const others: ContentBlock[] = [];
  const waiting = new KeyedQueues<OpenCall>();
  for (const call of calls) waiting.add(call.clientId, call);
  for (const block of turn.content) {
    if (block.type !== "tool-result") {
      others.push(block);
      continue;
    }
    const call = waiting.take(block.callId);
    if (call === undefined) throw withoutCall(block.callId);
    call.result = { ...block, callId: call.call.id };
  }
  return { ...turn, content: [...calls.map(resultOf), ...others] };
}

function resultOf({ call, result }: OpenCall): ToolResultBlock {
  if (result) return result;
  return { type: "tool-result", callId: call.id, content: [{ type: "text", text: MISSING_RESULT }], isError: true };
}

/**
 * Ids of which none is another's with `_` and a number behind it, either: of `call` and `call_1` the second may be taken for a
 * part of the first, whose result is lost then. The first to come keeps its id, so a conversation that goes on keeps all.
 */
class UniqueIds {
  readonly #used = new Set<string>();
  /** What ids with a number behind them would be parts of. */
  readonly #wholes = new Set<string>();
  /** Where to go on counting. Each time from the start, a conversation that repeats one id would take its length squared. */
  readonly #counts = new Map<string, number>();

  unused(id: string): string {
    let candidate = id;
    let count = this.#counts.get(id) ?? 2;
    while (!this.#isFree(candidate)) candidate = `${id}-${count++}`;
    this.#counts.set(id, count);
    this.#used.add(candidate);
    const whole = wholeOf(candidate);
    if (whole !== undefined) this.#wholes.add(whole);
    return candidate;
  }

  #isFree(id: string): boolean {
    const whole = wholeOf(id);
    const isPart = whole !== undefined && this.#used.has(whole);
    return !isPart && !this.#used.has(id) && !this.#wholes.has(id);
  }
}

/** `call` for `call_1`; undefined for an id without a number at its end. */
function wholeOf(id: string): string | undefined {
  const end = /_\d+$/.exec(id);
  return end === null ? undefined : id.slice(0, end.index);
}

function withoutCall(id: string): ApiError {
  return new ApiError(
    "invalid_request",
    `A tool result names the call ${JSON.stringify(id)}, but the assistant turn before it has no such call, or it has its result already.`,
    { param: "messages" },
  );
}
