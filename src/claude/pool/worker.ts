import type { ModelFacts } from "../../core/backend.ts";
import type { ContentBlock, OutputFormat, Turn } from "../../core/request.ts";
import { toolCallsOf, toolResultsOf } from "../../core/tool-calls.ts";
import type { RateLimitInfo } from "../plan/limits.ts";
import { readPlan } from "../plan/plan-reader.ts";
import { Ability } from "../probe/abilities.ts";
import { CliProcess, type CliProcessOptions } from "../process/cli-process.ts";
import type { ReportedModel } from "../protocol/messages.ts";
import type { Restored } from "../session/restorer.ts";
import type { ClientTools } from "../tools/client-tools.ts";
import { answerCalls, appendUserTurn, giveUpCalls, rewindTo, settleCalls } from "../turn/conversation.ts";
import { assistantMessage, userMessage, withWantedCall } from "../turn/encode-input.ts";
import { type TurnOptions, TurnRun } from "../turn/turn-run.ts";
import { Binding, type BindingOptions } from "./binding.ts";
import type { Profile } from "./profile.ts";
import {
  environmentIn,
  type OwnIds,
  questionOf,
  type TranscriptEntry,
  transcriptOf,
  withOwnIds,
} from "./transcript.ts";
import {
  goesOnWith,
  PLAIN_SETTINGS,
  settingsChange,
  splitStops,
  type TurnSettings,
  thinkingOffOf,
  withApiNames,
} from "./turn-settings.ts";

/** Acknowledged in about 10 ms. */
const INTERRUPT_TIMEOUT_MS = 500;

/** By then it has grown by a tenth: by some 15 KB a question. */
const WORN_AFTER = 2_000;

/** No model is ever told this: it is appended to a new process, and forgotten again. */
const WARM_UP: Turn = { role: "user", content: [{ type: "text", text: "Hello" }] };

export type WorkerOptions = CliProcessOptions &
  BindingOptions &
  Pick<TurnOptions, "onContext" | "tellsCost"> & {
    /** What it is started with; it may be started already. */
    readonly restored?: Restored;
    readonly onLimits?: (model: string, info: RateLimitInfo) => void;
    /** Whether a turn can end with the results that it waits for; default: it cannot. */
    readonly settling?: Ability;
  };

export type Ask = Pick<TurnOptions, "onSpent" | "silenceTimeoutMs"> & {
  readonly profile: Profile;
  readonly model: string;
  /** As the API knows the model; else what was thought before is left out. */
  readonly modelId?: string;
  /** How the model thinks, where that is known. */
  readonly thinking?: ModelFacts["thinking"];
  readonly turns: readonly Turn[];
  readonly settings: TurnSettings;
  readonly delivery: OutputFormat["delivery"] | undefined;
  /** How many leading turns the process already holds and keeps; see policy.ts. */
  readonly keep: number;
  /** The calls in them that the client knows by other ids. */
  readonly ownIds: OwnIds;
};

/**
 * One `claude` process and what it remembers. Its life: booting, then warm (serves any request), then bound to a profile:
 * busy with a turn, idle, or parked with open tool calls. An idle one can be bound to another profile, if the CLI can do that.
 * Every failure before the model is asked is thrown, and leaves a worker fit only to be closed.
 */
export class Worker {
  readonly #process: CliProcess;
  readonly #binding: Binding;
  readonly #settling: Ability;
  readonly #listeners: Pick<WorkerOptions, "onContext" | "onLimits" | "tellsCost">;
  #settings: TurnSettings | undefined;
  /** The same by the names of the API, as the CLI was told. */
  #applied: TurnSettings | undefined;
  #transcript: TranscriptEntry[] = [];
  /** How often a model was asked. */
  #asked = 0;
  /** Resolves with the account's models once the process takes requests; rejects when it does not get there. */
  readonly booted: Promise<readonly ReportedModel[]>;

  constructor(options: WorkerOptions) {
    this.#process = options.restored?.process ?? new CliProcess(options);
    this.#binding = new Binding(this.#process, { ...options, names: options.restored?.names });
    this.#settling = options.settling ?? new Ability(false);
    this.#transcript = options.restored ? transcriptOf(options.restored) : [];
    this.#listeners = options;
    this.booted = this.#process.listModels();
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
  /** Undefined: it is not initialised, and so fit for any. */
  get profile(): Profile | undefined {
    return this.#binding.profile;
  }
  get model(): string | undefined {
    return this.#binding.model;
  }
  /** Whether it can be given another profile and model once it remembers nothing. */
  get rebinds(): boolean {
    return this.#binding.rebinds;
  }
  /** Whether it can end a turn that waits for results with these, to begin another. */
  get settles(): boolean {
    return this.#settling.works;
  }
  /** Whether it has served so much that a new one should take its place. */
  get isWorn(): boolean {
    return this.#asked >= WORN_AFTER;
  }
  /** Those of its last turn. */
  get settings(): TurnSettings | undefined {
    return this.#settings;
  }
  get transcript(): readonly TranscriptEntry[] {
    return this.#transcript;
  }
  /** The tool calls that wait for their results; empty when the process is in no turn. */
  get openCalls(): ReadonlySet<string> {
    return this.#binding.tools?.openCalls ?? new Set();
  }

  /** Makes a process ready that nobody waits for: initialised, its first turn's code run once. Throws when it cannot be used any more. */
  async prepare(): Promise<void> {
    if (!(await this.#binding.prepare())) return;
    await this.#applySettings(PLAIN_SETTINGS);
    await this.#append(WARM_UP, undefined);
    await this.#rewind(0);
  }

  /** Brings the process to the state the request starts from, and asks the model. */
  async ask(request: Ask): Promise<TurnRun> {
    const { modelId, keep, ownIds } = request;
    const { tools } = this.#binding;
    if (tools && tools.openCalls.size > 0) await giveUpCalls(this.#process, tools);
    await this.#rewind(keep);
    const thinkingOff = thinkingOffOf(request, this.#transcript);
    // The CLI takes them in their order.
    await Promise.all([this.#process.ping(), this.#bind(request), this.#applySettings(request.settings, thinkingOff)]);
    for (const turn of request.turns.slice(keep, -1)) await this.#append(withOwnIds(turn, ownIds), modelId);
    const question = questionOf(request);
    return this.#startTurn(request, question, question.content);
  }

  /** Goes on from the calls that wait for results, with which the request's last turn begins; see `chooseProcess`. */
  async resume(request: Ask): Promise<TurnRun> {
    const question = questionOf(request);
    const { tools } = this.#binding;
    if (tools === undefined || this.#settings === undefined) throw new Error("there is no turn to go on with");
    await this.#process.ping();
    const isBound = this.profile?.key === request.profile.key;
    const way = goesOnWith(question, this.#settings, request.settings);
    if (!isBound || way !== "within") return await this.#settle(request, tools);
    // What the functions are may have changed.
    await this.#bindStill(request);
    const results = toolResultsOf(withWantedCall(question, this.#applied?.wantedCall));
    const last = results.slice(-1);
    await answerCalls(this.#process, tools, results.slice(0, -1));
    // With the last one the CLI goes on.
    const run = this.#startRun(request, question, undefined);
    for (const result of last) tools.answer(result);
    return run;
  }

  /** Ends the turn with the results, and asks anew with what else the user says, which may be nothing. */
  async #settle(request: Ask, tools: ClientTools): Promise<TurnRun> {
    const question = questionOf(request);
    try {
      await settleCalls(this.#process, tools, toolResultsOf(question));
    } catch (error) {
      // One that was ended meanwhile says nothing about the others.
      if (this.alive) this.#settling.fail();
      throw error;
    }
    this.#settling.succeed();
    await this.#bindStill(request);
    const said = question.content.filter(({ type }) => type !== "tool-result");
    return this.#startTurn(request, question, said);
  }

  /** `said`: what of the question the process does not have yet. */
  #startTurn(request: Ask, question: Turn, said: readonly ContentBlock[]): TurnRun {
    const uuid = crypto.randomUUID();
    const run = this.#startRun(request, question, uuid);
    const asked = withWantedCall({ role: "user", content: said }, this.#applied?.wantedCall);
    this.#process.send(userMessage(asked, { uuid, query: true, names: this.#binding.names }));
    return run;
  }

  /** What the CLI tells of the plan; rejects when it is of no more use. For a process that nobody uses. */
  readPlan(): Promise<unknown> {
    return readPlan(this.#process, this.#applied ?? PLAIN_SETTINGS);
  }

  /** Ends an unoccupied process. */
  close(): Promise<void> {
    return this.#process.close();
  }

  /** Ends a parked process. Left with open calls, it would take the end of its input for their failure, and ask the model once more. */
  async abandon(): Promise<void> {
    const interrupt = this.#process.request({ subtype: "interrupt" }, INTERRUPT_TIMEOUT_MS);
    const [{ status }] = await Promise.allSettled([interrupt]);
    await (status === "fulfilled" ? this.close() : this.terminate());
  }

  /** Ends the process whatever it is doing. */
  terminate(): Promise<void> {
    return this.#process.terminate();
  }

  async #rewind(keep: number): Promise<void> {
    if (keep === this.#transcript.length) return;
    const uuids = this.#transcript.map((entry) => (entry.role === "user" ? entry.uuid : undefined));
    const [target, newest] = [uuids[keep], uuids.findLast((uuid) => uuid !== undefined)];
    if (target === undefined || newest === undefined) throw new Error("can only rewind to a user's turn");
    await rewindTo(this.#process, target, newest);
    this.#transcript = this.#transcript.slice(0, keep);
    this.#renewFormerNames();
  }

  async #bind({ profile, model }: Ask): Promise<void> {
    const { names } = this.#binding;
    await this.#binding.bind(profile, model, { isEmpty: this.#transcript.length === 0 });
    if (this.#binding.names !== names) this.#renewFormerNames();
  }

  /** Names of tools that only forgotten turns called are free again, as in a new process. */
  #renewFormerNames(): void {
    const calls = this.#transcript.flatMap(({ turn }) => (turn ? toolCallsOf(turn) : []));
    this.#binding.names.keepFormer(calls.map(({ name }) => name));
  }

  async #applySettings(settings: TurnSettings, thinkingOff?: TurnSettings["thinkingOff"]): Promise<void> {
    const named = { ...withApiNames(settings, this.#binding.names), thinkingOff: settings.thinkingOff ?? thinkingOff };
    const change = settingsChange(this.#applied, named);
    if (change) await this.#process.request({ subtype: "apply_flag_settings", settings: change });
    this.#applied = named;
    this.#settings = settings;
  }

  /** In the middle of a loop: one that began without thinking goes on without, where the model wants that. */
  async #bindStill(request: Ask): Promise<void> {
    await this.#bind(request);
    const thinkingOff = this.#applied?.thinkingOff && thinkingOffOf(request, this.#transcript);
    await this.#applySettings(request.settings, thinkingOff);
  }

  async #append(turn: Turn, modelId: string | undefined): Promise<void> {
    if (turn.role === "assistant") {
      this.#process.send(assistantMessage(turn, this.#binding.names, modelId));
      this.#transcript.push({ role: "assistant", turn });
      return;
    }
    const uuid = crypto.randomUUID();
    await appendUserTurn(this.#process, userMessage(turn, { uuid, query: false, names: this.#binding.names }));
    this.#transcript.push({ role: "user", turn, uuid });
  }

  #startRun({ settings, delivery, onSpent, silenceTimeoutMs }: Ask, question: Turn, uuid: string | undefined): TurnRun {
    const { tools, names, model } = this.#binding;
    const { onContext, onLimits, tellsCost } = this.#listeners;
    const run = new TurnRun({
      ...{ process: this.#process, tools, names, model, output: delivery },
      ...{ isHeld: settings.outputSchema !== undefined, isResumed: uuid === undefined },
      onLimits: (info) => onLimits?.(this.#binding.model ?? "", info),
      ...{ onContext, onSpent, tellsCost },
      filteredStops: splitStops(settings).filtered,
      silenceTimeoutMs,
    });
    this.#asked++;
    const tellsEnvironment = environmentIn(this.#transcript) === undefined;
    this.#transcript.push({ role: "user", turn: question, uuid, ...(tellsEnvironment && { tellsEnvironment }) });
    this.#transcript.push({ role: "assistant", turn: undefined });
    void run.outcome.then((outcome) => {
      if (outcome !== "clean" && outcome !== "parked") return;
      this.#transcript[this.#transcript.length - 1] = { role: "assistant", turn: run.answer, written: true };
    });
    return run;
  }
}
