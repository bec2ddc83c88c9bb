import { KeyedQueues } from "./keyed-queues.ts";
import { each, type Steps } from "./pace.ts";
import type { ContentBlock, ToolResultBlock, Turn } from "./request.ts";

export type PlacedResults = {
  readonly turns: readonly Turn[];
  /** Whether a result stood elsewhere than behind its call. */
  readonly moved: boolean;
  /** Whether a result had no call, so that it is told as text. */
  readonly orphaned: boolean;
};

type Call = { readonly id: string; readonly turn: number; isAnswered: boolean };
type Place = { readonly result: ToolResultBlock; readonly turn: number; readonly call: Call | undefined };

/**
 * Brings each result of a call behind that call, wherever the client has put it, and tells as text those whose call is not there (a
 * window that was cut, a result given twice). A result belongs to the nearest call of its id before it, else to the first after it;
 * one without an id to the first open call of the assistant's turn before it.
 */
export function* placeResults(turns: readonly Turn[]): Steps<PlacedResults> {
  const places = yield* findPlaces(turns);
  const moved = places.some(({ call, turn }) => call !== undefined && call.turn !== turn - 1);
  const orphaned = places.some(({ call }) => call === undefined);
  const renamed = places.some(({ call, result }) => call !== undefined && call.id !== result.callId);
  if (!moved && !orphaned && !renamed) return { turns, moved, orphaned };
  const brought = new Map<number, ToolResultBlock[]>();
  const stays = new Map<ContentBlock, ContentBlock[]>();
  for (const { result, call, turn } of places) {
    const answer = call && { ...result, callId: call.id };
    if (answer === undefined) stays.set(result, toldAsText(result));
    else if (call?.turn === turn - 1) stays.set(result, [answer]);
    else if (call) brought.set(call.turn, [...(brought.get(call.turn) ?? []), answer]);
  }
  const placed = turns.flatMap((turn, index): Turn[] => {
    const content = turn.content.flatMap((block) => {
      return block.type === "tool-result" ? (stays.get(block) ?? []) : [block];
    });
    const results = brought.get(index);
    return [{ ...turn, content }, ...(results ? [{ role: "user" as const, content: results }] : [])];
  });
  return { turns: placed, moved, orphaned };
}

function* findPlaces(turns: readonly Turn[]): Steps<Place[]> {
  const calls = new OpenCalls();
  const late: { readonly result: ToolResultBlock; readonly turn: number }[] = [];
  const places: Place[] = [];
  yield* each(turns, ({ content }, turn) => {
    for (const block of content) {
      if (block.type === "tool-call") calls.add({ id: block.id, turn, isAnswered: false });
      if (block.type !== "tool-result") continue;
      const call = calls.takeLast(block.callId);
      if (call) places.push({ result: block, turn, call });
      else late.push({ result: block, turn });
    }
  });
  yield* each(late, ({ result, turn }) => {
    places.push({ result, turn, call: result.callId === "" ? undefined : calls.takeFirst(result.callId, turn) });
  });
  return places;
}

/** The calls that have no result yet. What it costs does not grow with how many there are of one id. */
class OpenCalls {
  /** Those of one id, turn by turn, the last turn last. */
  readonly #byId = new Map<string, { readonly turn: number; readonly calls: KeyedQueues<Call> }[]>();
  #lastTurn: Call[] = [];

  add(call: Call): void {
    const { id } = call;
    if (this.#lastTurn[0]?.turn !== call.turn) this.#lastTurn = [];
    this.#lastTurn.push(call);
    const turns = this.#byId.get(id) ?? [];
    this.#byId.set(id, turns);
    if (turns.at(-1)?.turn !== call.turn) turns.push({ turn: call.turn, calls: new KeyedQueues() });
    turns.at(-1)?.calls.add(id, call);
  }

  /** Of the calls so far the one that a result answers, in the last turn that has one open by this id. */
  takeLast(id: string): Call | undefined {
    const turns = this.#byId.get(id);
    while (turns && turns.length > 0) {
      const call = this.#takeOpen(turns.at(-1)?.calls, id);
      if (call) return call;
      turns.pop();
    }
    return id === "" ? this.#answer(this.#lastTurn.find(({ isAnswered }) => !isAnswered)) : undefined;
  }

  /** The first open call by this id, in a turn after the one given. */
  takeFirst(id: string, after: number): Call | undefined {
    for (const { turn, calls } of this.#byId.get(id) ?? []) {
      const call = turn > after ? this.#takeOpen(calls, id) : undefined;
      if (call) return call;
    }
    return undefined;
  }

  #takeOpen(calls: KeyedQueues<Call> | undefined, id: string): Call | undefined {
    let call = calls?.take(id);
    while (call?.isAnswered) call = calls?.take(id);
    return this.#answer(call);
  }

  #answer(call: Call | undefined): Call | undefined {
    if (call) call.isAnswered = true;
    return call;
  }
}

function toldAsText({ callId, content, isError }: ToolResultBlock): ContentBlock[] {
  const of = callId === "" ? "an earlier tool call" : `the earlier tool call ${callId}`;
  const heading = `[${isError ? "Error" : "Result"} of ${of}]`;
  const [first, ...rest] = content;
  if (first?.type === "text") return [{ type: "text", text: `${heading}\n${first.text}` }, ...rest];
  return [{ type: "text", text: heading }, ...content];
}
