const encoder = new TextEncoder();

/** Proxies and clients give up on a connection that is silent for long; a comment keeps it, and clients skip it. */
export const HEARTBEAT_MS = 15_000;

export type SseOptions = {
  /** Called when the reader is gone, and never after the stream has ended. */
  readonly onAbandon: () => void;
  readonly headers?: Readonly<Record<string, string>>;
  readonly heartbeatMs?: number;
};

/**
 * A response of server-sent events, one `data` per item. Pulled by the reader, so a slow one is not buffered for; bridges
 * silence with comments.
 */
export function sseResponse(
  items: AsyncIterator<string>,
  { onAbandon, headers, heartbeatMs = HEARTBEAT_MS }: SseOptions,
): Response {
  let pending: Promise<IteratorResult<string>> | undefined;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      pending ??= items.next();
      const item = await withHeartbeat(pending, heartbeatMs);
      if (item === "silence") return controller.enqueue(encoder.encode(": keep-alive\n\n"));
      pending = undefined;
      if (item.done) controller.close();
      else controller.enqueue(encoder.encode(`data: ${item.value}\n\n`));
    },
    cancel() {
      onAbandon();
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      "x-accel-buffering": "no",
      ...headers,
    },
  });
}

async function withHeartbeat<T>(next: Promise<T>, ms: number): Promise<T | "silence"> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<"silence">((resolve) => {
    timer = setTimeout(resolve, ms, "silence");
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
}
