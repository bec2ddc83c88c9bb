import { ApiError } from "../../core/error.ts";
import type { ChatEvent } from "../../core/event.ts";
import { isJsonObject } from "../../core/json.ts";
import type { Turn } from "../../core/request.ts";
import type { Spending } from "../../core/turn-record.ts";
import type { RateLimitInfo } from "../plan/limits.ts";
import type { CliProcess } from "../process/cli-process.ts";
import { within } from "../process/spawn.ts";
import type { ControlRequestMessage, ResultMessage } from "../protocol/messages.ts";
import type { CliMessage } from "../protocol/parse-message.ts";
import { asksToGoOn, type ClientTools } from "../tools/client-tools.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import { AnswerRecorder, EventChannel, OutputText, StopFilter } from "./answer-events.ts";
import type { OutputDelivery } from "./decode-blocks.ts";
import { TurnDecoder } from "./decode-output.ts";
import { watchLife } from "./silence-watch.ts";

/**
 * `clean`: the process remembers exactly the user's turn and the answer. `parked`: so it does, and it waits for the results of
 * the calls in it. `cut`: it waits for a new turn, but what it remembers of this one is not what the client knows. `dead`: it
 * is gone, or nobody knows what it remembers: then it must be ended.
 */
export type TurnOutcome = "clean" | "parked" | "cut" | "dead";

export type TurnOptions = {
  readonly process: CliProcess;
  /** The client's tools, if there are any. */
  readonly tools: ClientTools | undefined;
  readonly names: ToolNames;
  readonly output: OutputDelivery;
  /** The API holds the answer to a schema. Default false. */
  readonly isHeld?: boolean;
  /** The turn goes on with the results of tool calls. */
  readonly isResumed: boolean;
  readonly model?: string;
  /** Told how large the CLI takes a model's context to be, in tokens. */
  readonly onContext?: (model: string, tokens: number) => void;
  /** Told what the CLI says of the plan's limits. */
  readonly onLimits?: ((info: RateLimitInfo) => void) | undefined;
  /** Told what the turn took of money, once or several times, the last maybe behind its end. */
  readonly onSpent?: ((spent: Spending) => void) | undefined;
  /** Whether the CLI, asked in the middle of a turn, tells what it has cost so far, and nothing else. Default false. */
  readonly tellsCost?: boolean | undefined;
  /** Stop texts that the API itself does not take. */
  readonly filteredStops: readonly string[];
  /** A process that says nothing for so long is given up. */
  readonly silenceTimeoutMs: number;
  /** One that says nothing for so long is asked for a sign of life; default: half a minute. */
  readonly pulseMs?: number;
};

/** How long an interrupted process may take to end its turn: usually 15 ms, and a client's leaving must count within a second. */
const INTERRUPT_GRACE_MS = 800;

/**
 * How long the end of an answer waits for the process to be free again, usually a few milliseconds: a client that sends its
 * next message at once then finds the process that remembers the conversation.
 */
const FINISH_GRACE_MS = 300;

/** How long the CLI may take to end a turn whose answer is complete, before it is interrupted and, at last, ended. */
const END_GRACE_MS = 3_000;

type Phase =
  | { readonly at: "answering" }
  /** The answer is told, and the CLI has until `overdue` to end the turn, or to open all calls. */
  | { readonly at: "ending"; readonly overdue: ReturnType<typeof setTimeout> }
  /** Resolves with whether the CLI took the interrupt and ended the turn in time. */
  | { readonly at: "interrupting"; readonly inTime: Promise<boolean> }
  /** Parked, ended, or the process is gone. */
  | { readonly at: "over" };

/** One turn of the model in one process, from the moment the user's message is sent until the process waits again. */
export class TurnRun {
  readonly #options: TurnOptions;
  readonly #process: CliProcess;
  readonly #decoder: TurnDecoder;
  readonly #outputText: OutputText | undefined;
  readonly #filter: StopFilter;
  readonly #channel = new EventChannel<ChatEvent>();
  readonly #turnEnded = Promise.withResolvers<void>();
  readonly #outcome = Promise.withResolvers<TurnOutcome>();
  readonly #life: ReturnType<typeof watchLife>;
  readonly #answer = new AnswerRecorder();
  #phase: Phase = { at: "answering" };

  constructor(options: TurnOptions) {
    const { process, tools, filteredStops, silenceTimeoutMs, pulseMs, isHeld, ...decoding } = options;
    this.#options = options;
    this.#process = process;
    // What a turn cost that was given up, and of which nobody was told, is none of this one's.
    if (!decoding.isResumed) process.spending.take();
    this.#decoder = new TurnDecoder({ ...decoding, now: () => Date.now() / 1000 });
    this.#outputText = isHeld ? new OutputText() : undefined;
    this.#filter = new StopFilter(filteredStops);
    this.#life = watchLife(process, { silenceTimeoutMs, pulseMs }, (error) => this.cancel(error));
    process.listen({
      message: (message) => this.#receive(message),
      died: (reason) => this.#die(reason),
      asked: (request) => this.#letGoOn(request),
    });
    tools?.watch(() => this.#parkWhenReady());
  }

  /** Ends after `finish` or `error`; the process may still need a moment, see {@link outcome}. */
  get events(): AsyncIterable<ChatEvent> {
    return this.#channel;
  }

  /** Settles when the process waits for the next turn, or is gone. Never rejects. */
  get outcome(): Promise<TurnOutcome> {
    return this.#outcome.promise;
  }

  /** The answer as the client was told it: after a clean outcome, what the process remembers as the assistant's turn. */
  get answer(): Turn {
    return this.#answer.turn;
  }

  /** Gives the turn up: the model stops writing, and `error` is the last event. Harmless when the turn is over. */
  cancel(error: ApiError): void {
    if (this.#decoder.finished) return;
    this.#life.stop();
    this.#emit(this.#decoder.fail(error));
    this.#interrupt();
  }

  #receive(message: CliMessage): void {
    this.#life.heard();
    if (message.type === "result") {
      this.#tellContext(message);
      // The CLI tells sums, with the end of its own turn.
      this.#options.onSpent?.({ costUsd: this.#process.spending.take(), isExtraUsage: this.#process.isUsingOverage });
    }
    if (message.type === "rate_limit_event") this.#options.onLimits?.(message.rate_limit_info);
    this.#emit(this.#decoder.push(message));
    if (this.#decoder.ended) void this.#settle();
    else if (this.#decoder.mustInterrupt || this.#filter.matched) this.#interrupt();
    else this.#parkWhenReady();
  }

  #tellContext({ modelUsage }: ResultMessage): void {
    if (!isJsonObject(modelUsage)) return;
    for (const [model, usage] of Object.entries(modelUsage)) {
      if (isJsonObject(usage) && typeof usage.contextWindow === "number")
        this.#options.onContext?.(model, usage.contextWindow);
    }
  }

  /** Of a turn that waits for results it tells when it is asked. Nobody waits for that. */
  async #askSpent(): Promise<void> {
    this.#options.onSpent?.({ isExtraUsage: this.#process.isUsingOverage });
    if (!this.#options.tellsCost) return;
    await this.#process.readCost();
    this.#options.onSpent?.({ costUsd: this.#process.spending.take() });
  }

  #emit(events: readonly ChatEvent[]): void {
    const usage = () => this.#decoder.usage;
    for (const event of events.flatMap((event) => this.#outputText?.push(event) ?? event)) {
      for (const passed of this.#filter.push(event, usage)) {
        this.#answer.push(passed);
        if (passed.type === "finish") this.#holdFinish(passed);
        else this.#channel.push(passed);
        if (passed.type === "error") this.#channel.close();
      }
    }
  }

  #holdFinish(finish: ChatEvent): void {
    if (this.#phase.at === "answering")
      this.#phase = { at: "ending", overdue: setTimeout(() => this.#interrupt(), END_GRACE_MS) };
    void Promise.race([this.outcome, Bun.sleep(FINISH_GRACE_MS)]).then(() => {
      this.#channel.push(finish);
      this.#channel.close();
    });
  }

  /** The CLI opens each call by itself, some while the model still writes; only once all are open is there nothing else to come. */
  #parkWhenReady(): void {
    const { awaitedCalls } = this.#decoder;
    if (awaitedCalls.length === 0 || this.#phase.at === "interrupting") return;
    const open = this.#options.tools?.openCalls;
    if (!awaitedCalls.every((id) => open?.has(id))) return;
    if (this.#decoder.doubt === undefined) this.#park();
    else this.#interrupt();
  }

  /**
   * Left without an answer, the CLI waits, until the interrupt that is on its way ends the turn. After a complete answer it may
   * not go on, either: that it asks means that it answered a call by itself.
   */
  #letGoOn(request: ControlRequestMessage): boolean {
    if (!asksToGoOn(request)) return false;
    if (this.#decoder.finished) this.#interrupt();
    if (this.#phase.at !== "interrupting") this.#process.respond(request.request_id, {});
    return true;
  }

  /** Whatever the CLI does by itself while it should wait, it asks no model: the process is ended, and the pool hears of its exit. */
  #park(): void {
    this.#enter({ at: "over" });
    const end = () => void this.#process.terminate();
    this.#process.listen({
      message: ({ type }) => {
        if (type === "result") end();
      },
      asked: (request) => {
        const goesOn = asksToGoOn(request);
        if (goesOn) end();
        return goesOn;
      },
      died: () => {},
    });
    this.#outcome.resolve("parked");
    void this.#askSpent();
  }

  /** Asks the CLI to stop at once; a process that does not is ended. */
  #interrupt(): void {
    if (this.#phase.at === "interrupting" || this.#phase.at === "over") return;
    const taken = this.#process.request({ subtype: "interrupt" }, INTERRUPT_GRACE_MS);
    const stopped = taken.then(() => this.#turnEnded.promise);
    const inTime = within(stopped, INTERRUPT_GRACE_MS).catch(() => false);
    this.#enter({ at: "interrupting", inTime });
    void inTime.then((taken) => {
      if (!taken) void this.#process.terminate();
    });
  }

  /** The CLI has ended the turn. */
  async #settle(): Promise<void> {
    const interrupt = this.#phase.at === "interrupting" ? this.#phase.inTime : undefined;
    this.#enter({ at: "over" });
    this.#turnEnded.resolve();
    this.#options.tools?.reset();
    // An acknowledgement left open could reach into the next turn.
    const taken = await interrupt;
    const { doubt, clean } = this.#decoder;
    if (doubt !== undefined) this.#process.logOwnAction(doubt);
    const isDead = this.#process.death !== undefined || taken === false || doubt !== undefined;
    const isRemembered = clean && this.#outputText?.leavesOut !== true && interrupt === undefined;
    this.#outcome.resolve(isDead ? "dead" : isRemembered ? "clean" : "cut");
  }

  #die(reason: Error): void {
    this.#emit(this.#decoder.fail(new ApiError("cli_failed", reason.message, { cause: reason })));
    this.#enter({ at: "over" });
    this.#outcome.resolve("dead");
  }

  #enter(phase: Phase): void {
    if (this.#phase.at === "ending") clearTimeout(this.#phase.overdue);
    this.#phase = phase;
    if (phase.at !== "over") return;
    this.#life.stop();
    this.#process.listen(undefined);
    this.#options.tools?.watch(undefined);
  }
}
