import { answer, errorResponse } from "./answer/answer.ts";
import { PromptCache, type PromptUsage, promptTokens } from "./answer/prompt-cache.ts";
import { type PlanState, planHeaders } from "./answer/rate-limit-headers.ts";
import { betasOf } from "./betas.ts";
import { demoAnswer } from "./demo/demo-answer.ts";
import {
  invalid,
  judgeBody,
  judgeCount,
  type Refusal,
  type RefusalRules,
  refuseCall,
  type Verdict,
} from "./judge/judge.ts";
import { type MessagesBody, readMessagesBody } from "./messages-body.ts";
import { ConnectionWatch, type RecordedRequest, RequestLog } from "./recorded-request.ts";
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

/** The Anthropic Messages API on loopback, without a model. */
export type Simulator = {
  readonly url: string;
  /** Every POST /v1/messages, in the order they arrived. */
  readonly requests: readonly RecordedRequest[];
  /** The bodies of every POST /v1/messages/count_tokens that could be read, in the order they arrived. */
  readonly counts: readonly MessagesBody[];
  /** Every other call. */
  readonly unexpected: readonly UnexpectedCall[];
  /** Replies for the next requests, one each, in this order. A request that the API refuses uses none up. */
  enqueue(...replies: Reply[]): void;
  /** Drops the scripted replies that no request has used, and tells how many these were: the responder answers again. */
  clearQueue(): number;
  /** What the next requests to count tokens are refused with; undefined counts them again. */
  refuseCounts(refusal: Refusal | undefined): void;
  /** Forgets the prompt cache, as if all its entries had expired. */
  clearPromptCache(): void;
  /** Resolves once `count` requests have arrived in all; rejects when the simulator closes or begins anew before. */
  waitForRequests(count: number): Promise<readonly RecordedRequest[]>;
  /** Becomes what one started now with these options would be, at the same address. Ends what is being answered. */
  beginAnew(options?: Omit<SimulatorOptions, "port">): void;
  /** Ends everything at once: pending answers, connections, the port. */
  close(): Promise<void>;
};

/** Above the API's own limit, so that the API's answer to a body that is too large can be given. */
const MAX_READ_BYTES = 128 * 1024 * 1024;

export function startSimulator(options: SimulatorOptions = {}): Simulator {
  return new MessagesApi(options);
}

/** What a simulator knows, and begins anew with. */
type State = {
  readonly log: RequestLog;
  readonly unexpected: UnexpectedCall[];
  readonly counts: MessagesBody[];
  countRefusal: Refusal | undefined;
  readonly keep: number;
  readonly responder: Responder;
  readonly cache: PromptCache;
  readonly queue: Reply[];
  readonly closing: AbortController;
  readonly rules: Pick<RefusalRules, "madeUpModels" | "isNewAccount">;
  readonly trusted: Set<string>;
  readonly plan: NonNullable<SimulatorOptions["plan"]>;
};

function freshState(options: SimulatorOptions): State {
  const { responder = demoAnswer, keepRequests = Number.POSITIVE_INFINITY } = options;
  return {
    log: new RequestLog(keepRequests),
    unexpected: [],
    counts: [],
    countRefusal: undefined,
    keep: keepRequests,
    responder,
    cache: new PromptCache(),
    queue: [],
    closing: new AbortController(),
    rules: { madeUpModels: options.madeUpModels ?? [], isNewAccount: options.isNewAccount ?? true },
    trusted: new Set(options.trustedSignatures),
    plan: options.plan ?? (() => ({})),
  };
}

class MessagesApi implements Simulator {
  readonly url: string;
  readonly #server: Bun.Server<undefined>;
  #state: State;

  constructor(options: SimulatorOptions) {
    const { port = 0 } = options;
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

  get requests(): readonly RecordedRequest[] {
    return this.#state.log.kept;
  }

  get counts(): readonly MessagesBody[] {
    return this.#state.counts;
  }

  get unexpected(): readonly UnexpectedCall[] {
    return this.#state.unexpected;
  }

  enqueue(...replies: Reply[]): void {
    this.#state.queue.push(...replies);
  }

  clearQueue(): number {
    return this.#state.queue.splice(0).length;
  }

  refuseCounts(refusal: Refusal | undefined): void {
    this.#state.countRefusal = refusal;
  }

  clearPromptCache(): void {
    this.#state.cache.clear();
  }

  waitForRequests(count: number): Promise<readonly RecordedRequest[]> {
    return this.#state.log.waitFor(count);
  }

  beginAnew(options: Omit<SimulatorOptions, "port"> = {}): void {
    this.#end();
    this.#state = freshState(options);
  }

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
    const watch = new ConnectionWatch(request.signal, state.closing.signal);
    const charge: Charge = { usage: undefined };
    const rawBody = await request.text();
    const recorded = recordRequest(rawBody, request.headers, watch, charge, (json) =>
      judgeBody(json, this.#rulesFor(request.headers, rawBody)),
    );
    state.log.add(recorded);
    const headers = planHeaders(request.headers, state.plan(state.log.count));
    if (recorded.refusal !== undefined) return errorResponse(recorded.refusal, headers);

    const reply = state.queue.shift() ?? (await state.responder(recorded));
    this.#trustRedacted(reply);
    return answer(reply, {
      terms: { betas: betasOf(request.headers), transformations: recorded.inputTransformations },
      headers,
      request: recorded.body,
      charge: () => {
        charge.usage = state.cache.charge(recorded.body);
        return charge.usage;
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
      judgeCount(json, this.#rulesFor(request.headers, rawBody)).refusal ??
      this.#state.countRefusal;
    const body = readMessagesBody(json);
    this.#state.counts.push(body);
    if (this.#state.counts.length > this.#state.keep) this.#state.counts.shift();
    return refused ? errorResponse(refused) : Response.json({ input_tokens: promptTokens(body) });
  }

  #rulesFor(headers: Headers, rawBody: string): RefusalRules {
    return { ...this.#state.rules, betas: betasOf(headers), trusted: this.#state.trusted, characters: rawBody.length };
  }

  /** What a reply tells as redacted thinking may be sent back. */
  #trustRedacted(reply: Reply): void {
    if (reply.kind !== "message") return;
    for (const block of reply.blocks) if (block.type === "redacted_thinking") this.#state.trusted.add(block.data);
  }

  #refuseUnexpected(method: string, path: string): Response {
    this.#state.unexpected.push({ method, path });
    if (this.#state.unexpected.length > this.#state.keep) this.#state.unexpected.shift();
    return errorResponse({ status: 404, type: "not_found_error", message: "Not found" });
  }
}

/** What a request is charged is known when it is answered. */
type Charge = { usage: PromptUsage | undefined };

function recordRequest(
  rawBody: string,
  headers: Headers,
  watch: ConnectionWatch,
  charge: Charge,
  judge: (json: unknown) => Verdict,
): RecordedRequest {
  const { json, refusal } = parse(rawBody);
  const verdict = judge(json);
  return {
    body: readMessagesBody(json),
    rawBody,
    headers: new Headers(headers),
    refusal: refuseCall(headers, rawBody) ?? refusal ?? verdict.refusal,
    inputTransformations: verdict.transformations,
    get charged() {
      return charge.usage;
    },
    get isAborted() {
      return watch.isAborted;
    },
    aborted: watch.aborted,
  };
}

function parse(rawBody: string): { readonly json?: unknown; readonly refusal?: Refusal } {
  try {
    return { json: JSON.parse(rawBody) };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { refusal: invalid(`The request body is not valid JSON: ${reason}`) };
  }
}
