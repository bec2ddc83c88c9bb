import { readFileSync } from "node:fs";

/** How the server served a request, as its log tells at level debug. */
export type Served = {
  readonly how: string;
  /** Turns that the process remembered, of those before the last one. */
  readonly keep: number;
  readonly of: number;
  /** Results of calls that the last turn brings. */
  readonly results: number;
  readonly pid: number;
};

/** Reads what was added to the log since the last time. */
export function followLog(
  path: string,
): () => { readonly served: readonly Served[]; readonly lines: readonly string[] } {
  let length = readFileSync(path, "utf8").length;
  return () => {
    const log = readFileSync(path, "utf8");
    const lines = log.slice(length).split("\n");
    length = log.length;
    return { served: lines.flatMap((line) => parse(line) ?? []), lines };
  };
}

function parse(line: string): Served | undefined {
  const how = / debug served how=(\w+) /.exec(line)?.[1];
  if (how === undefined) return undefined;
  const number = (name: string) => Number(new RegExp(` ${name}=(\\d+)`).exec(line)?.[1]);
  return { how, keep: number("keep"), of: number("of"), results: number("results"), pid: number("pid") };
}

export type Loop = {
  /** Requests to the model, those for titles and the like among them. */
  readonly turns: number;
  /** Of those that brought results of calls. */
  readonly resumed: number;
  readonly withResults: number;
  /** Of those that asked anew in a conversation. */
  readonly continued: number;
  readonly questions: number;
  readonly processes: number;
  /** How the others were served, and how many of the turns before them the process had kept. */
  readonly strays: readonly string[];
};

/**
 * Whether the loops stayed in one process each: every request with results went on in the process that waited for them, and every
 * later question in the one that remembers all before it. The first of a conversation may be served by any.
 */
export function loopOf(served: readonly Served[]): Loop {
  const withResults = served.filter(({ results }) => results > 0);
  const questions = served.filter(({ results, of }) => results === 0 && of > 0);
  const resumed = withResults.filter(({ how }) => how === "resume");
  const continued = questions.filter(({ how, keep, of }) => how === "reuse" && keep === of);
  const kept = new Set([...resumed, ...continued]);
  return {
    turns: served.length,
    resumed: resumed.length,
    withResults: withResults.length,
    continued: continued.length,
    questions: questions.length,
    processes: new Set(served.map(({ pid }) => pid)).size,
    strays: [...withResults, ...questions]
      .filter((each) => !kept.has(each))
      .map(({ how, keep, of }) => `${how} ${keep}/${of}`),
  };
}

export function describeLoop({ turns, resumed, withResults, continued, questions, processes, strays }: Loop): string {
  return [
    `${turns} turns of the model in ${processes} process${processes === 1 ? "" : "es"}`,
    `${resumed} of ${withResults} with results went on in the process that waited`,
    ...(questions > 0 ? [`${continued} of ${questions} later questions in the one that remembers`] : []),
    ...(strays.length > 0 ? [`not kept: ${strays.join(", ")}`] : []),
  ].join("; ");
}
