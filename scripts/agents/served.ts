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

export type Loop = { readonly summary: string; readonly stayed: boolean };

/**
 * Whether an agent's loop stayed in one process from beginning to end: every request with results went on in the process that waited
 * for them, and every later question in the one that remembers all before it. Other requests, such as one for a title, begin anew.
 */
export function loopOf(served: readonly Served[]): Loop {
  const withResults = served.filter(({ results }) => results > 0);
  const resumed = withResults.filter(({ how }) => how === "resume");
  const questions = served.filter(({ results, of }) => results === 0 && of > 0);
  const continued = questions.filter(({ how, keep, of }) => how === "reuse" && keep === of);
  const firsts = served.filter(({ results, of }) => results === 0 && of === 0);
  const pids = new Set([...withResults, ...questions].map(({ pid }) => pid));
  const strays = [...withResults, ...questions].filter((each) => !resumed.includes(each) && !continued.includes(each));
  const parts = [
    `${served.length} model turns`,
    `${resumed.length} of ${withResults.length} with results went on in the parked process`,
    ...(questions.length > 0
      ? [`${continued.length} of ${questions.length} later questions in the one that remembers`]
      : []),
    `${firsts.length} begun`,
    `${pids.size === 1 ? "1 process" : `${pids.size} processes`} for the loop`,
    ...(strays.length > 0 ? [`not kept: ${strays.map(({ how, keep, of }) => `${how} ${keep}/${of}`).join(", ")}`] : []),
  ];
  return { summary: parts.join("; "), stayed: strays.length === 0 && pids.size <= 1 };
}
