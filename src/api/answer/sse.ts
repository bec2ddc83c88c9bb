const encoder = new TextEncoder();

/** Proxies and clients give up on a connection that is silent for long; a comment keeps it, and clients skip it. */
const HEARTBEAT_MS = 15_000;

/**
 * Once so many pieces in a row have come within so little time of the last, each goes out with what follows it in that time: a model
 * that writes thousands of tokens a second would cost a system call for each, here and in the client. What comes slower, as the
 * first pieces of every answer, goes out at once.
 */
const GATHER_MS = 2;
const HURRIED = 8;
/** What has not come by then is long in coming: the headers, which go out with the first piece of the body, shall not wait for it. */
const FIRST_SILENCE_MS = 50;
/** Characters that may wait for a slow reader; then the events are no longer pulled. */
const MOST_WAITING = 65_536;

/** The `data` of an event; with a name, by which clients of some dialects tell events apart. */
export type SseItem = string | { readonly event: string; readonly data: string };

/** An event that goes by the name of its type, as those of Anthropic and of the Responses API do. */
export function typedItem(event: { readonly type: string }): SseItem {
  return { event: event.type, data: JSON.stringify(event) };
}

type SseOptions = {
  /** Called when the reader is gone, and never after the stream has ended. */
  readonly onAbandon: () => void;
  readonly headers?: Readonly<Record<string, string>>;
  readonly heartbeatMs?: number;
  /** What bridges a silence; else a comment. */
  readonly heartbeat?: SseItem;
};

/**
 * A response of server-sent events, one per item. Pulled by the reader, so little is buffered for a slow one; bridges
 * silence with comments, or what the dialect has for it.
 */
export function sseResponse(
  items: AsyncIterator<SseItem>,
  { onAbandon, headers, heartbeatMs = HEARTBEAT_MS, heartbeat }: SseOptions,
): Response {
  const frames = new FrameBuffer(items);
  const bridge = heartbeat === undefined ? ": keep-alive\n\n" : frameOf(heartbeat);
  let sentAt = Number.NEGATIVE_INFINITY;
  let inARow = 0;
  let silenceMs = Math.min(FIRST_SILENCE_MS, heartbeatMs);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!(await frames.arrive(silenceMs))) {
        silenceMs = heartbeatMs;
        return controller.enqueue(encoder.encode(bridge));
      }
      silenceMs = heartbeatMs;
      const early = sentAt + GATHER_MS - performance.now();
      inARow = early > 0 ? inARow + 1 : 0;
      if (inARow > HURRIED && !frames.isComplete) await Bun.sleep(early);
      const text = frames.take();
      sentAt = performance.now();
      if (text !== "") controller.enqueue(encoder.encode(text));
      if (frames.isComplete) controller.close();
    },
    cancel() {
      frames.abandon();
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

function frameOf(item: SseItem): string {
  return typeof item === "string" ? `data: ${item}\n\n` : `event: ${item.event}\ndata: ${item.data}\n\n`;
}

/** The frames of items that have come and are not sent yet. */
class FrameBuffer {
  #text = "";
  /** All there will be has come. */
  isComplete = false;
  #isAbandoned = false;
  #failure: { readonly thrown: unknown } | undefined;
  #arrived: (() => void) | undefined;
  #taken: (() => void) | undefined;

  constructor(items: AsyncIterator<SseItem>) {
    void this.#fill(items);
  }

  /** True once there is something to take, or nothing more will come; false after so long a silence. Throws what the items threw. */
  async arrive(ms: number): Promise<boolean> {
    if (this.#text === "" && !this.isComplete && !this.#failure) await this.#silence(ms);
    if (this.#failure && this.#text === "") throw this.#failure.thrown;
    return this.#text !== "" || this.isComplete;
  }

  take(): string {
    const text = this.#text;
    this.#text = "";
    this.#taken?.();
    return text;
  }

  abandon(): void {
    this.#isAbandoned = true;
    this.#taken?.();
  }

  async #fill(items: AsyncIterator<SseItem>): Promise<void> {
    try {
      for (let item = await items.next(); !item.done && !this.#isAbandoned; item = await items.next()) {
        this.#text += frameOf(item.value);
        this.#arrived?.();
        if (this.#text.length > MOST_WAITING) {
          const { promise, resolve } = Promise.withResolvers<void>();
          this.#taken = resolve;
          await promise;
        }
      }
      // What nobody reads any more would else be left where it is, and taken for something that runs.
      if (this.#isAbandoned) await items.return?.();
    } catch (thrown) {
      this.#failure = { thrown };
    }
    this.isComplete = this.#failure === undefined;
    this.#arrived?.();
  }

  #silence(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#arrived = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
