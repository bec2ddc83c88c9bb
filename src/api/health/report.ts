import { setTimeout } from "node:timers/promises";
import { Stream } from "@elysiajs/stream";
import type { Backend } from "../../core/backend.ts";

export type HealthSource = {
  readonly backend: Pick<Backend, "health">;
  readonly version: string;
  readonly demo: boolean;
  readonly startedAt: Date;
};

/** The state as `/health` tells it. `provider` and `timestamp` are what the package this one succeeds answered with. */
export function describeHealth({ backend, version, demo, startedAt }: HealthSource, now = new Date()) {
  const { status, problem, cli, login, workers } = backend.health();
  return {
    status,
    name: NAME,
    ...(problem ? { problem } : {}),
    provider: "claude-code-cli",
    timestamp: now.toISOString(),
    version,
    uptime_seconds: Math.max(0, Math.floor((now.getTime() - startedAt.getTime()) / 1000)),
    demo,
    ...(cli ? { cli } : {}),
    ...(login === undefined ? {} : { login }),
    workers,
  };
}

/** What whoever may not see the rest is told, too: which program this is. */
export const NAME = "claude-max-api";

type HealthReport = ReturnType<typeof describeHealth>;

/** Waits, or until the signal; never rejects. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

export const POLL_MS = 1000;
export const LONGEST_SILENCE_MS = 15_000;

/** The state at once, then whenever it changes, and at the least every fifteen seconds, until the signal. */
export async function* healthReports(
  report: () => HealthReport,
  signal: AbortSignal,
  wait: Wait = sleep,
): AsyncGenerator<HealthReport, void, void> {
  let sent: string | undefined;
  let silentMs = 0;
  while (!signal.aborted) {
    const current = report();
    const content = contentOf(current);
    if (content !== sent || silentMs >= LONGEST_SILENCE_MS) {
      sent = content;
      silentMs = 0;
      yield current;
    }
    await wait(POLL_MS, signal);
    silentMs += POLL_MS;
  }
}

/**
 * Frames objects as server-sent events of one name. `@elysiajs/stream` does the framing and nothing else: left to drive the
 * source itself it would run ahead of a slow reader, go on after the reader has left, and throw in its own cancel. So an
 * object is fetched only when the reader asks, and a reader who leaves is told to the source through `onLeave`.
 */
export function eventStream(
  objects: AsyncIterator<object, void, void>,
  event: string,
  onLeave: () => void,
): ReadableStream<Uint8Array> {
  const framer = new Stream<object>(undefined, { event });
  const frames = framer.value.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await objects.next();
        if (done) return controller.close();
        framer.send(value);
        const frame: unknown = (await frames.read()).value;
        if (frame instanceof Uint8Array) controller.enqueue(frame);
      },
      cancel: onLeave,
    },
    { highWaterMark: 0 },
  );
}

/** What has to change for a report to be news: the clock alone is none. */
function contentOf(report: HealthReport): string {
  return JSON.stringify({ ...report, timestamp: "", uptime_seconds: 0 });
}

/** Resolves after so long, or once the signal aborts. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {});
}
