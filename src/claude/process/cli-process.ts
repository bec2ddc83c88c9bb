import Type from "typebox";
import type { Logger } from "../../observability/logger.ts";
import { ControlChannel, ControlError } from "../protocol/control-channel.ts";
import { lazyCheck } from "../protocol/lazy-check.ts";
import { type ControlRequestMessage, ReportedModel } from "../protocol/messages.ts";
import { type CliMessage, parseMessage } from "../protocol/parse-message.ts";
import { type ChildOptions, ChildProcess } from "./child-process.ts";

export type CliProcessOptions = Pick<ChildOptions, "path" | "args" | "env" | "cwd" | "guard" | "errors"> & {
  readonly logger: Logger;
};

const CONTROL_TIMEOUT_MS = 15_000;
const BOOT_TIMEOUT_MS = 30_000;
const LIFE_TIMEOUT_MS = 8_000;

/** What a turn listens to. After `died` nothing more comes. */
type CliListener = {
  message(message: CliMessage): void;
  died(reason: Error): void;
  readonly asked?: ControlAnswerer;
};

/** Takes a question of the CLI's, to answer it in its own time. False: it is not for this one. */
type ControlAnswerer = (request: ControlRequestMessage) => boolean;

/** Answered in some milliseconds; whoever it is told to does not wait for it. */
const COST_TIMEOUT_MS = 5_000;

const ModelList = lazyCheck(Type.Object({ models: Type.Array(ReportedModel) }));

/** One running `claude`: lines become messages, answers to control requests are matched, the rest goes to the listener. */
export class CliProcess {
  readonly #child: ChildProcess;
  readonly #control: ControlChannel;
  readonly #logger: Logger;
  #listener: CliListener | undefined;
  #answer: ControlAnswerer | undefined;
  #death: Error | undefined;
  /** Whether its last answer was paid for beside the plan, as far as the CLI tells: it tells what changes. */
  isUsingOverage: boolean | undefined;
  readonly spending = new SpendingMeter();
  /** Settles when the process is reaped. */
  readonly exited: Promise<void>;

  constructor({ logger, ...child }: CliProcessOptions) {
    this.#logger = logger;
    this.#control = new ControlChannel((message) => this.send(message));
    this.#child = new ChildProcess({
      ...child,
      onLine: (line) => this.#receive(line),
      onExit: ({ exitCode, signal, stderr, failure }) => {
        if (failure !== undefined) logger.error("reading claude failed", { pid: this.pid, reason: String(failure) });
        const why = failure instanceof Error ? `was ended: ${failure.message}` : undefined;
        const how = why ?? (signal ? `ended by ${signal}` : `exited with code ${exitCode}`);
        this.#die(new Error(`The Claude CLI ${how}${stderr === "" ? "" : `: ${stderr}`}`));
      },
    });
    this.exited = this.#child.exited.then(() => {});
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The account's models: the first that a new process is asked. */
  async listModels(): Promise<readonly ReportedModel[]> {
    const reply = await this.request({ subtype: "list_models" }, BOOT_TIMEOUT_MS);
    return ModelList.Check(reply) ? reply.models : [];
  }

  /** Has the CLI tell what all turns have cost so far, for {@link spending}. Never rejects. */
  async readCost(): Promise<void> {
    const asked = { subtype: "get_usage", skip_behaviors: true, detached: true };
    this.spending.note(totalCostIn(await this.request(asked, COST_TIMEOUT_MS).catch(() => undefined)));
  }

  /** Why the process can no longer be used; undefined while it can. */
  get death(): Error | undefined {
    return this.#death;
  }

  send(message: object): void {
    this.#child.writeLine(JSON.stringify(message));
  }

  request(
    request: { readonly subtype: string } & Record<string, unknown>,
    timeoutMs = CONTROL_TIMEOUT_MS,
  ): Promise<unknown> {
    return this.#control.request(request, timeoutMs);
  }

  /**
   * Resolves with a sign of life, which usually takes a millisecond. Rejects when none comes, or it is gone. One that is stopped, or stuck, takes
   * what it is given all the same, and is silent then: so it is given nothing before.
   */
  async ping(timeoutMs = LIFE_TIMEOUT_MS): Promise<void> {
    try {
      await this.request({ subtype: "get_binary_version" }, timeoutMs);
    } catch (error) {
      // A refusal is a sign of life, too.
      if (!(error instanceof ControlError && error.isRefusal)) throw error;
    }
  }

  /** Routes messages to one listener at a time; undefined: nobody expects any. */
  listen(listener: CliListener | undefined): void {
    this.#listener = listener;
    if (listener && this.#death) listener.died(this.#death);
  }

  /** Answers a question of the CLI's. */
  respond(requestId: string, response: object): void {
    this.send({ type: "control_response", response: { subtype: "success", request_id: requestId, response } });
  }

  /** Who answers the CLI's questions beside the listener; those that nobody takes get a plain no. */
  answerWith(answer: ControlAnswerer): void {
    this.#answer = answer;
  }

  /** Notes why nobody may rely on what the process remembers. */
  logOwnAction(what: string): void {
    this.#logger.warn("claude did something by itself", { pid: this.pid, what });
  }

  async close(): Promise<void> {
    await this.#child.close();
  }

  async terminate(): Promise<void> {
    await this.#child.terminate();
  }

  #receive(line: string): void {
    if (this.#death) return;
    let message: CliMessage;
    try {
      message = parseMessage(line);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      this.#logger.error("claude broke its protocol", { pid: this.pid, reason: reason.message });
      this.#die(reason);
      void this.#child.terminate();
      return;
    }
    switch (message.type) {
      case "control_response":
        this.#control.handle(message);
        break;
      case "control_request":
        if (this.#answer?.(message) || this.#listener?.asked?.(message)) break;
        this.#refuse(message);
        break;
      case "retried":
        this.#logger.info("claude asks the API again by itself", { pid: this.pid });
        break;
      case "other":
        this.#logger.debug("message skipped", { pid: this.pid, type: message.name });
        break;
      default:
        if (message.type === "result") this.spending.note(message.total_cost_usd);
        if (message.type === "rate_limit_event")
          this.isUsingOverage = message.rate_limit_info.isUsingOverage ?? undefined;
        this.#listener?.message(message);
    }
  }

  /** The CLI waits for an answer to each of its questions. */
  #refuse({ request_id, request: { subtype } }: ControlRequestMessage): void {
    this.#logger.debug("control request refused", { pid: this.pid, subtype });
    const response = { subtype: "error", request_id, error: `${subtype} is not supported here` };
    this.send({ type: "control_response", response });
  }

  #die(reason: Error): void {
    if (this.#death) return;
    this.#death = reason;
    this.#control.close(reason);
    this.#listener?.died(reason);
  }
}

/** What the turns of one process would have cost at list price, by the CLI's own sums over the life of the process. */
export class SpendingMeter {
  #told = 0;
  #taken = 0;

  /** The CLI has told a sum, in US dollars; whatever is none is passed over. */
  note(totalUsd: unknown): void {
    if (typeof totalUsd === "number" && Number.isFinite(totalUsd)) this.#told = totalUsd;
  }

  /** What has come to it since it was taken last; undefined: nothing, as of a turn of which the CLI tells no cost. */
  take(): number | undefined {
    const more = this.#told - this.#taken;
    this.#taken = this.#told;
    // The sums are of binary fractions; no price is below a billionth of a dollar.
    return more > 0 ? Math.round(more * 1e9) / 1e9 : undefined;
  }
}

const Reply = lazyCheck(Type.Object({ session: Type.Object({ total_cost_usd: Type.Number() }) }));

/** The sum in the answer to `get_usage`; undefined: there is none. */
export function totalCostIn(reply: unknown): number | undefined {
  return Reply.Check(reply) ? reply.session.total_cost_usd : undefined;
}
