/** An event of a WebSocket, as far as tests look at it. */
export type SocketEvent = {
  readonly type: string;
  readonly status?: number;
  readonly stream_id?: string;
  readonly sequence_number?: number;
  readonly headers?: Record<string, string>;
  readonly error?: { readonly code: string | null; readonly param: string | null; readonly message: string };
  readonly response?: {
    readonly id: string;
    readonly status: string;
    readonly output: object[];
    readonly usage: object;
  };
};

export type TestSocket = {
  /** Everything that has come. */
  readonly events: SocketEvent[];
  send(message: object | string): void;
  /** The next event that is none before it and satisfies the condition. */
  next(wanted: (event: SocketEvent) => boolean): Promise<SocketEvent>;
  /** Asks for a response and waits for its end, or for the error instead of it. */
  create(fields: object): Promise<SocketEvent>;
  /** How the connection was closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
};

const ENDS = ["response.completed", "response.incomplete", "response.failed", "error"];
export const isEnd = ({ type }: SocketEvent) => ENDS.includes(type);

/** Opens a WebSocket to /v1/responses; rejects when it is not opened. */
export async function openSocket(url: string, headers: Record<string, string> = {}): Promise<TestSocket> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/v1/responses`, { headers });
  const events: SocketEvent[] = [];
  let looked = 0;
  let wake = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => {
    events.push(JSON.parse(String(data)));
    wake.resolve();
    wake = Promise.withResolvers();
  };
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.onclose = ({ code, reason }) => resolve({ code, reason });
  });
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("the WebSocket was not opened"));
  });
  const next: TestSocket["next"] = async (wanted) => {
    for (;;) {
      while (looked < events.length) {
        const event = events[looked++];
        if (event && wanted(event)) return event;
      }
      const end = await Promise.race([wake.promise, closed]);
      if (end && looked === events.length) throw new Error(`closed with ${end.code} ${end.reason}`);
    }
  };
  const send = (message: object | string) =>
    socket.send(typeof message === "string" ? message : JSON.stringify(message));
  return {
    events,
    send,
    next,
    create(fields) {
      send({ type: "response.create", ...fields });
      return next(isEnd);
    },
    closed,
    close: () => socket.close(),
  };
}
