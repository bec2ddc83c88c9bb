import { type Harness, startHarness } from "../../test/support/harness.ts";
import { ask, faultIn, HANGS } from "../arena/judge.ts";
import { outcomeOf, unended } from "../arena/place.ts";
import type { Random } from "../arena/random.ts";
import { waitForIdle } from "../arena/vitals.ts";
import type { CaseOutcome } from "./cli-cases.ts";
import { FAULTS, type Fault, Strike } from "./strike.ts";

/** An answer of Anthropic's that fails at one event of its stream. */
export type ApiCase = { readonly fault: Fault; readonly step: number };

/** As many events as the simulated answer has, and one more. */
const STEPS = 12;
/** The client of an answer that never ends leaves after so long; the real limit is ten minutes. */
const LEAVES_AFTER_MS = 1500;
const PATIENCE_MS = 60_000;
/** The CLI itself asks once more where a stream broke before it began. */
const MOST_QUESTIONS = 3;

export function drawApiCases(random: Random, count: number): ApiCase[] {
  return FAULTS.flatMap((fault) => Array.from({ length: STEPS }, (_, step) => ({ fault, step })))
    .map((one) => ({ one, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .slice(0, count)
    .map(({ one }) => one);
}

export type ApiArena = AsyncDisposable & { run(one: ApiCase): Promise<CaseOutcome> };

/** The whole program with the real CLI, and between it and the simulated API what breaks its answers. */
export async function openApiArena(): Promise<ApiArena> {
  let strike: Strike | undefined;
  let simulated = "";
  const between = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.delete("accept-encoding");
      const body = request.method === "POST" ? await request.text() : null;
      const answer = await fetch(simulated + pathname + search, { method: request.method, headers, body });
      const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
      if (strike === undefined || !isStream) return answer;
      return broken(answer, strike, request.signal);
    },
  });
  const harness = await startHarness({ config: { anthropicBaseUrl: `http://127.0.0.1:${between.port}` } });
  simulated = harness.simulator.url;
  return {
    async run({ fault, step }) {
      strike = new Strike(fault, step);
      return judge(harness, strike, fault);
    },
    async [Symbol.asyncDispose]() {
      await harness[Symbol.asyncDispose]();
      await between.stop(true);
    },
  };
}

async function judge({ url, simulator }: Harness, strike: Strike, fault: Fault): Promise<CaseOutcome> {
  const before = simulator.requests.length;
  const body = JSON.stringify({
    model: "claude-sonnet-4",
    stream: true,
    messages: [{ role: "user", content: "Hello" }],
  });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body };
  const answer = await ask(`${url}/v1/chat/completions`, init, fault === "hangs" ? LEAVES_AFTER_MS : PATIENCE_MS);
  const asked = simulator.requests.length - before;
  const faults: string[] = [];
  if (typeof answer !== "string") {
    const wrong = faultIn(answer, asked) ?? unended(answer);
    if (wrong !== undefined) faults.push(wrong);
  } else if (fault !== "hangs" || answer !== HANGS) faults.push(answer);
  if (asked > MOST_QUESTIONS) faults.push(`${asked} questions for one request`);
  if (!(await waitForIdle(url, 0))) faults.push("the server does not come to rest");
  return { hasStruck: strike.hasStruck, answers: [outcomeOf(answer)], faults };
}

function broken(answer: Response, strike: Strike, gone: AbortSignal): Response {
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const events = (await answer.text()).split(/(?<=\n\n)/);
      for (const event of events) {
        const { bytes, next } = strike.pass(event);
        for (const part of bytes) controller.enqueue(part);
        if (next === "ends") break;
        if (next === "hangs") await new Promise((resolve) => gone.addEventListener("abort", resolve));
        if (gone.aborted) return;
      }
      controller.close();
    },
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream" } });
}
