import type { Frame } from "./stream-events.ts";

/** What happens to the response after its last frame. */
export type StreamEnd = "end" | "reset" | "hang";

/** A reset discards what the client has not read yet, so it is given a moment. */
const RESET_GRACE_MS = 30;

/** Resolves after `ms`, or at once when the signal fires. `Infinity` waits for the signal alone. */
export function pause(ms: number, until: AbortSignal): Promise<void> {
  if (ms <= 0 || until.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(finish, ms);
    function finish(): void {
      clearTimeout(timer);
      until.removeEventListener("abort", finish);
      resolve();
    }
    until.addEventListener("abort", finish);
  });
}

/** Plays the frames into a response body, each at its time, until `over` fires: client gone or simulator closing. */
export function playFrames(
  frames: Iterable<Frame>,
  end: StreamEnd,
  over: AbortSignal,
  onEnd: () => void,
): ReadableStream {
  const encoder = new TextEncoder();
  const rest = frames[Symbol.iterator]();
  let next = rest.next();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!next.done) {
        await pause(next.value.waitMs, over);
        if (over.aborted) return;
        controller.enqueue(encoder.encode(next.value.text));
        next = rest.next();
        // The last frame and the end go out together: a client that leaves after the last frame has missed nothing.
        if (!next.done || end !== "end") return;
      }
      if (end !== "end") await pause(end === "hang" ? Number.POSITIVE_INFINITY : RESET_GRACE_MS, over);
      if (over.aborted) return;
      onEnd();
      // Bun resets the connection for an errored body, and reports the error on stderr unless it is undefined.
      if (end === "reset") controller.error(undefined);
      else controller.close();
    },
  });
}
