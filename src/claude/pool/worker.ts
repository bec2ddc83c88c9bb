import Type from "typebox";
import { Compile } from "typebox/compile";
import type { Turn } from "../../core/request.ts";
import { CliProcess, type CliProcessOptions } from "../process/cli-process.ts";
import { ReportedModel } from "../protocol/messages.ts";
import { assistantMessage, systemPrompts, userMessage } from "../turn/encode-input.ts";
import { TurnRun } from "../turn/turn-run.ts";
import type { Profile } from "./policy.ts";
import type { TranscriptEntry } from "./transcript.ts";
import { settingsChange, splitStops, type TurnSettings } from "./turn-settings.ts";

const BOOT_TIMEOUT_MS = 30_000;
const CONTROL_TIMEOUT_MS = 15_000;
/** Answered within 10 ms, or, by some older versions and in some conversations, never: a fresh process is quicker then. */
const REWIND_TIMEOUT_MS = 1_000;
/** For one turn of history; the CLI acknowledges in about 10 ms. */
const APPEND_TIMEOUT_MS = 15_000;

const ModelList = Compile(Type.Object({ models: Type.Array(ReportedModel) }));
const RewindReply = Compile(Type.Object({ rewound: Type.Boolean() }));

export type WorkerOptions = CliProcessOptions & {
  /** The model that the process is started with, when its arguments name one. */
  readonly model: string | undefined;
  /** See version.ts. */
  readonly selectsModelsSilently: boolean;
};

export type Ask = {
  readonly profile: Profile;
  readonly model: string;
  readonly turns: readonly Turn[];
  readonly settings: TurnSettings;
  /** How many leading turns the process already holds and keeps; see policy.ts. */
  readonly keep: number;
  readonly silenceTimeoutMs: number;
};

/**
 * One `claude` process and what it remembers. Its life: booting, then warm (serves any request), then bound to one profile:
 * busy with a turn, or idle. Every failure before the model is asked is thrown, and leaves a worker fit only to be closed.
 */
export class Worker {
  readonly #process: CliProcess;
  #profile: Profile | undefined;
  #model: string | undefined;
  readonly #selectsModelsSilently: boolean;
  #settings: TurnSettings | undefined;
  #transcript: TranscriptEntry[] = [];
  /** Resolves with the account's models once the process takes requests; rejects when it does not get there. */
  readonly booted: Promise<readonly ReportedModel[]>;

  constructor({ model, selectsModelsSilently, ...options }: WorkerOptions) {
    this.#process = new CliProcess(options);
    this.#model = model;
    this.#selectsModelsSilently = selectsModelsSilently;
    this.booted = this.#listModels();
    // Whoever waits for the worker hears of a failure; when nobody does, the pool learns it from `exited`.
    this.booted.catch(() => {});
  }

  get pid(): number {
    return this.#process.pid;
  }
  get alive(): boolean {
    return this.#process.death === undefined;
  }
  get exited(): Promise<void> {
    return this.#process.exited;
  }
  get profile(): Profile | undefined {
    return this.#profile;
  }
  get model(): string | undefined {
    return this.#model;
  }
  get transcript(): readonly TranscriptEntry[] {
    return this.#transcript;
  }

  /** Brings the process to the state the request starts from, and asks the model. */
  async ask(request: Ask): Promise<TurnRun> {
    await this.#bind(request.profile);
    await this.#rewind(request.keep);
    await this.#selectModel(request.model);
    await this.#applySettings(request.settings);
    for (const turn of request.turns.slice(request.keep, -1)) await this.#append(turn);
    const question = request.turns.at(-1);
    if (question?.role !== "user") throw new Error("a conversation must end with a user's turn");

    const filteredStops = splitStops(request.settings.stop).filtered;
    const run = new TurnRun({ process: this.#process, filteredStops, silenceTimeoutMs: request.silenceTimeoutMs });
    const uuid = crypto.randomUUID();
    this.#process.send(userMessage(question, uuid, { query: true }));
    this.#transcript.push({ role: "user", turn: question, uuid }, { role: "assistant", turn: undefined });
    void run.outcome.then((outcome) => {
      if (outcome === "clean") this.#rememberAnswer(run.answer);
    });
    return run;
  }

  /** Ends an unoccupied process. */
  close(): Promise<void> {
    return this.#process.close();
  }

  /** Ends the process whatever it is doing. */
  terminate(): Promise<void> {
    return this.#process.terminate();
  }

  async #listModels(): Promise<readonly ReportedModel[]> {
    const reply = await this.#process.request({ subtype: "list_models" }, BOOT_TIMEOUT_MS);
    return ModelList.Check(reply) ? reply.models : [];
  }

  async #bind(profile: Profile): Promise<void> {
    if (this.#profile !== undefined) return;
    const systemPrompt = systemPrompts(profile.system);
    await this.#process.request({ subtype: "initialize", systemPrompt }, CONTROL_TIMEOUT_MS);
    this.#profile = profile;
  }

  async #rewind(keep: number): Promise<void> {
    if (keep === this.#transcript.length) return;
    const target = this.#transcript[keep];
    const newest = this.#transcript.findLast((entry) => entry.role === "user");
    if (target?.role !== "user" || newest?.role !== "user") throw new Error("can only rewind to a user's turn");
    const reply = await this.#process.request(
      {
        subtype: "rewind_conversation",
        target_message_uuid: target.uuid,
        last_seen_user_message_uuid: newest.uuid,
      },
      REWIND_TIMEOUT_MS,
    );
    if (!RewindReply.Check(reply) || !reply.rewound) throw new Error("the CLI refused to rewind the conversation");
    this.#transcript = this.#transcript.slice(0, keep);
  }

  async #selectModel(model: string): Promise<void> {
    if (this.#model === model) return;
    // The CLI would tell the model of the change.
    if (!this.#selectsModelsSilently || this.#transcript.length > 0)
      throw new Error("this process cannot change its model");
    await this.#process.request({ subtype: "set_model", model }, CONTROL_TIMEOUT_MS);
    this.#model = model;
  }

  async #applySettings(settings: TurnSettings): Promise<void> {
    const change = settingsChange(this.#settings, settings);
    if (change) await this.#process.request({ subtype: "apply_flag_settings", settings: change }, CONTROL_TIMEOUT_MS);
    this.#settings = settings;
  }

  async #append(turn: Turn): Promise<void> {
    if (turn.role === "assistant") {
      this.#process.send(assistantMessage(turn));
      this.#transcript.push({ role: "assistant", turn });
      return;
    }
    const uuid = crypto.randomUUID();
    const acknowledged = this.#nextResult();
    this.#process.send(userMessage(turn, uuid, { query: false }));
    await acknowledged;
    this.#transcript.push({ role: "user", turn, uuid });
  }

  /** The CLI keeps the order of the history only when each user's turn is acknowledged before the next line is written. */
  async #nextResult(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => reject(new Error("the CLI did not acknowledge a turn of the history")),
      APPEND_TIMEOUT_MS,
    );
    this.#process.listen({
      message: (message) => {
        if (message.type !== "result") return;
        if (message.is_error || message.num_turns !== 0)
          reject(new Error("the CLI did not just append a turn of the history"));
        else resolve();
      },
      died: reject,
    });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#process.listen(undefined);
    }
  }

  #rememberAnswer(text: string | undefined): void {
    if (text === undefined) return;
    const turn: Turn = { role: "assistant", content: [{ type: "text", text }] };
    this.#transcript[this.#transcript.length - 1] = { role: "assistant", turn };
  }
}
