/** A login that is worth nothing. */
export const DUMMY_TOKEN = "sk-ant-oat01-rehearsal";

/** What it answers to `count_tokens`: the tokens of such a body; undefined refuses to count. */
export type CannedCount = (body: unknown) => number | undefined;

export type CannedApi = {
  readonly url: string;
  /** Whether any request came with another login than the dummy, which none may. */
  readonly sawOtherLogin: boolean;
  /** What the model was asked by the dummy login, as it came. */
  readonly bodies: readonly unknown[];
  close(): Promise<void>;
};

const EVENTS = [
  {
    type: "message_start",
    message: {
      id: "msg_rehearsal",
      type: "message",
      role: "assistant",
      model: "none",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    },
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "ok" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 1 } },
  { type: "message_stop" },
];
const STREAM = EVENTS.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");

/** On loopback, in place of the Anthropic API, for a rehearsal: answers every question with the same word. */
export function startCannedApi(count: CannedCount = () => undefined): CannedApi {
  let sawOtherLogin = false;
  const bodies: unknown[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const { headers, method, url } = request;
      const login = headers.get("x-api-key") ?? headers.get("authorization");
      if (login !== null && login !== `Bearer ${DUMMY_TOKEN}`) {
        sawOtherLogin = true;
        return new Response(null, { status: 401 });
      }
      const path = method === "POST" ? new URL(url).pathname : undefined;
      const tokens = path === "/v1/messages/count_tokens" ? count(await request.json()) : undefined;
      if (tokens !== undefined) return Response.json({ input_tokens: tokens });
      if (path !== "/v1/messages") return new Response(null, { status: 404 });
      bodies.push(await request.json());
      return new Response(STREAM, { headers: { "content-type": "text/event-stream" } });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    get sawOtherLogin() {
      return sawOtherLogin;
    },
    bodies,
    close: () => server.stop(true),
  };
}
