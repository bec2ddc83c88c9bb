import { answer, errorResponse } from "./answer/answer.ts";
import { PromptCache, type PromptUsage, promptTokens } from "./answer/prompt-cache.ts";
import { type PlanState, planHeaders } from "./answer/rate-limit-headers.ts";
import { betasOf } from "./betas.ts";
import { demoAnswer } from "./demo/demo-answer.ts";
import { invalid, judgeBody, type Refusal, type RefusalRules, refuseCall } from "./judge/judge.ts";
import { type MessagesBody, readMessagesBody } from "./messages-body.ts";
import { type RecordedRequest, RequestLog, watchConnection } from "./recorded-request.ts";
import type { Reply } from "./reply.ts";

export type { RecordedRequest } from "./recorded-request.ts";

/** Decides the reply to a request for which none was scripted. */
export type Responder = (request: RecordedRequest) => Reply | Promise<Reply>;

export type UnexpectedCall = { readonly method: string; readonly path: string };

export type SimulatorOptions = {
  /** Default: any free port. */
  readonly port?: number;
  /** Default: the demo answer. */
  readonly responder?: Responder;
  /** How many requests, and how many unexpected calls, to remember; a long-running demo should not keep them all. */
  readonly keepRequests?: number;
  /** The plan's state after so many requests; default: nothing of it is used. */
  readonly plan?: (requests: number) => PlanState;
  /** Names that are taken for a model's although the API has none of that name; "any" takes every name. Default: none. */
  readonly madeUpModels?: readonly string[] | "any";
  /** Whether the account is so new that the API refuses thinking behind which something changed. Default: yes. */
  readonly isNewAccount?: boolean;
  /** Signatures, and data of redacted thinking, that no reply issued and that are taken nevertheless. */
  readonly trustedSignatures?: readonly string[];
};

/** Above the API's own limit, so that the API's answer to a body that is too large can be given. */
const MAX_READ_BYTES = 128 * 1024 * 1024;

export function startSimulator(options: SimulatorOptions = {}): Simulator {
  return new Simulator(options);
}

/** What a simulator knows, and begins anew with. */
function freshState({
  responder = demoAnswer,
  keepRequests = Number.POSITIVE_INFINITY,
  plan = () => ({}),
  madeUpModels = [],
  isNewAccount = true,
  trustedSignatures = [],
}: Omit<SimulatorOptions, "port">) {
  return {
    ...{ responder, plan, keep: keepRequests, rules: { madeUpModels, isNewAccount } },
    log: new RequestLog(keepRequests),
    unexpected: [] as UnexpectedCall[],
    counts: [] as MessagesBody[],
    cache: new PromptCache(),
    queue: [] as Reply[],
    closing: new AbortController(),
    trusted: new Set(trustedSignatures),
  };
}

/** The Anthropic Messages API on loopback, without a model. */
export class Simulator {
  readonly url: string;
  readonly #server: Bun.Server<undefined>;
  #state: ReturnType<typeof freshState>;
  #countRefusal: Refusal | undefined;

  constructor({ port = 0, ...options }: SimulatorOptions) {
    this.#state = freshState(options);
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port,
      idleTimeout: 0,
      maxRequestBodySize: MAX_READ_BYTES,
      fetch: (request) => this.#handle(request),
      error: (thrown) =>
        errorResponse({ status: 500, type: "api_error", message: `The simulator failed: ${thrown.message}` }),
    });
    this.url = `http://127.0.0.1:${this.#server.port}`;
  }

  /** Every POST /v1/messages, in the order they arrived. */
  get requests(): readonly RecordedRequest[] {
    return this.#state.log.kept;
  }

  /** The bodies of every POST /v1/messages/count_tokens that could be read, in the order they arrived. */
  get counts(): readonly MessagesBody[] {
    return this.#state.counts;
  }

  /** Every other call. */
  get unexpected(): readonly UnexpectedCall[] {
    return this.#state.unexpected;
  }

  /** Replies for the next requests, one each, in this order. A request that the API refuses uses none up. */
  enqueue(...replies: Reply[]): void {
    this.#state.queue.push(...replies);
  }

  /** Drops the scripted replies that no request has used, and tells how many these were: the responder answers again. */
  clearQueue(): number {
    return this.#state.queue.splice(0).length;
  }

  /** What the next requests to count tokens are refused with; undefined counts them again. */
  refuseCounts(refusal: Refusal | undefined): void {
    this.#countRefusal = refusal;
  }

  /** Forgets the prompt cache, as if all its entries had expired. */
  clearPromptCache(): void {
    this.#state.cache.clear();
  }

  /** Resolves once `count` requests have arrived in all; rejects when the simulator closes or begins anew before. */
  waitForRequests(count: number): Promise<readonly RecordedRequest[]> {
    return this.#state.log.waitFor(count);
  }

  /** Becomes what one started now with these options would be, at the same address. Ends what is being answered. */
  beginAnew(options: Omit<SimulatorOptions, "port"> = {}): void {
    this.#end();
    this.#state = freshState(options);
    this.#countRefusal = undefined;
  }

  /** Ends everything at once: pending answers, connections, the port. */
  async close(): Promise<void> {
    this.#end();
    await this.#server.stop(true);
  }

  #end(): void {
    this.#state.closing.abort();
    this.#state.log.close();
  }

  async #handle(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    if (request.method === "POST" && path === "/v1/messages/count_tokens") return await this.#count(request);
    if (request.method !== "POST" || path !== "/v1/messages") return this.#refuseUnexpected(request.method, path);

    const state = this.#state;
    const watch = watchConnection(request.signal, state.closing.signal);
    const { headers } = request;
    const rawBody = await request.text();
    const { json, refusal } = parse(rawBody);
    const verdict = judgeBody(json, this.#rulesFor(headers, rawBody));
    let charged: PromptUsage | undefined;
    const recorded: RecordedRequest = {
      body: readMessagesBody(json),
      rawBody,
      headers: new Headers(headers),
      refusal: refuseCall(headers, rawBody) ?? refusal ?? verdict.refusal,
      inputTransformations: verdict.transformations,
      get charged() {
        return charged;
      },
      get isAborted() {
        return watch.isAborted();
      },
      aborted: watch.aborted,
    };
    state.log.add(recorded);
    const limits = planHeaders(headers, state.plan(state.log.count));
    if (recorded.refusal !== undefined) return errorResponse(recorded.refusal, limits);

    const reply = state.queue.shift() ?? (await state.responder(recorded));
    // What a reply tells as redacted thinking may be sent back.
    const told = reply.kind === "message" ? reply.blocks : [];
    for (const block of told) if (block.type === "redacted_thinking") state.trusted.add(block.data);
    return answer(reply, {
      terms: { betas: betasOf(headers), transformations: recorded.inputTransformations },
      headers: limits,
      request: recorded.body,
      charge: () => {
        charged = state.cache.charge(recorded.body);
        return charged;
      },
      over: AbortSignal.any([request.signal, state.closing.signal]),
      onComplete: () => watch.answerComplete(),
    });
  }

  async #count(request: Request): Promise<Response> {
    const rawBody = await request.text();
    const { json, refusal } = parse(rawBody);
    const refused =
      refuseCall(request.headers, rawBody) ??
      refusal ??
      judgeBody(json, this.#rulesFor(request.headers, rawBody), { isCount: true }).refusal ??
      this.#countRefusal;
    const body = readMessagesBody(json);
    this.#state.counts.push(body);
    if (this.#state.counts.length > this.#state.keep) this.#state.counts.shift();
    return refused ? errorResponse(refused) : Response.json({ input_tokens: promptTokens(body) });
  }

  #rulesFor(headers: Headers, rawBody: string): RefusalRules {
    return { ...this.#state.rules, betas: betasOf(headers), trusted: this.#state.trusted, characters: rawBody.length };
  }

  #refuseUnexpected(method: string, path: string): Response {
    this.#state.unexpected.push({ method, path });
    if (this.#state.unexpected.length > this.#state.keep) this.#state.unexpected.shift();
    return errorResponse({ status: 404, type: "not_found_error", message: "Not found" });
  }
}

function parse(rawBody: string): { readonly json?: unknown; readonly refusal?: Refusal } {
  try {
    return { json: JSON.parse(rawBody) };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { refusal: invalid(`The request body is not valid JSON: ${reason}`) };
  }
}
