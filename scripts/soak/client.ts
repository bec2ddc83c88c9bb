import { type Answer, readAnswer } from "./answer.ts";

/** When a client goes away without waiting for the end: after so long, or so long after the answer has begun. */
export type Leaving = { readonly from: "request" | "answer"; readonly afterMs: number };

export type Exchange = {
  readonly answer: Answer | { readonly type: "left" } | { readonly type: "hung" };
  readonly begin: number;
  readonly end: number;
};

/** Nothing here takes as long, unless it hangs. */
const LIMIT_MS = 60_000;

export async function exchange(url: string, body: object, isStream: boolean, leaving?: Leaving): Promise<Exchange> {
  const begin = performance.now();
  const limit = AbortSignal.timeout(LIMIT_MS);
  const leave = new AbortController();
  const leaveIn = (ms: number) => setTimeout(() => leave.abort(), ms);
  let timer = leaving?.from === "request" ? leaveIn(leaving.afterMs) : undefined;
  const read = async (): Promise<Exchange["answer"]> => {
    try {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.any([limit, leave.signal]),
      });
      if (leaving?.from === "answer") timer = leaveIn(leaving.afterMs);
      return readAnswer(response.status, await response.text(), isStream);
    } catch (error) {
      if (leave.signal.aborted) return { type: "left" };
      if (limit.aborted) return { type: "hung" };
      return { type: "incomplete", detail: String(error) };
    }
  };
  const answer = await read();
  clearTimeout(timer);
  return { answer, begin, end: performance.now() };
}
