/** A login that is worth nothing. */
export const DUMMY_TOKEN = "sk-ant-oat01-sandbox";

/** The tokens of what `count_tokens` is asked about; undefined refuses to count. */
type CannedCount = (body: unknown) => number | undefined;

type Call = { readonly id: string; readonly name: string; readonly input: object };

/** An answer of one word, or of one call. */
function answerStream(call: Call | undefined): string {
  const message = { id: "msg_canned", type: "message", role: "assistant", model: "none", content: [] };
  const stop = { stop_reason: null, stop_sequence: null };
  const block = call ? { type: "tool_use", id: call.id, name: call.name, input: {} } : { type: "text", text: "" };
  const delta = call
    ? { type: "input_json_delta", partial_json: JSON.stringify(call.input) }
    : { type: "text_delta", text: "ok" };
  const events = [
    { type: "message_start", message: { ...message, ...stop, usage: { input_tokens: 1, output_tokens: 1 } } },
    { type: "content_block_start", index: 0, content_block: block },
    { type: "content_block_delta", index: 0, delta },
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { ...stop, stop_reason: call ? "tool_use" : "end_turn" },
      usage: { output_tokens: 1 },
    },
    { type: "message_stop" },
  ];
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

/** On loopback, in place of the Anthropic API: answers every question with the same word, unless it is told to call something. */
export class CannedApi {
  /** What the model was asked by the dummy login, as it came. */
  readonly bodies: unknown[] = [];
  count: CannedCount | undefined;
  /** What the next answer calls, once; undefined: it says something. */
  call: Call | undefined;
  #sawOtherLogin = false;
  readonly #server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => this.#answer(request) });

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  /** Whether any request came with another login than the dummy, which none may. */
  get sawOtherLogin(): boolean {
    return this.#sawOtherLogin;
  }

  close(): Promise<void> {
    return this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const { headers, method, url } = request;
    const login = headers.get("x-api-key") ?? headers.get("authorization");
    if (login !== null && login !== `Bearer ${DUMMY_TOKEN}`) {
      this.#sawOtherLogin = true;
      return new Response(null, { status: 401 });
    }
    const path = method === "POST" ? new URL(url).pathname : undefined;
    const tokens = path === "/v1/messages/count_tokens" ? this.count?.(await request.json()) : undefined;
    if (tokens !== undefined) return Response.json({ input_tokens: tokens });
    if (path !== "/v1/messages") return new Response(null, { status: 404 });
    this.bodies.push(await request.json());
    const stream = answerStream(this.call);
    this.call = undefined;
    return new Response(stream, { headers: { "content-type": "text/event-stream" } });
  }
}
