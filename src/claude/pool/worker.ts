import Type from "typebox";
import { Compile } from "typebox/compile";
import type { OutputFormat, Turn } from "../../core/request.ts";
import { onlyToolResults } from "../../core/tool-calls.ts";
import { CliProcess, type CliProcessOptions } from "../process/cli-process.ts";
import { ReportedModel } from "../protocol/messages.ts";
import { ClientTools } from "../tools/client-tools.ts";
import { TOOL_BATCH_HOOK } from "../tools/tool-batch.ts";
import { ToolNames } from "../tools/tool-names.ts";
import { answerCalls } from "../turn/answer-calls.ts";
import { appendUserTurn } from "../turn/append-turn.ts";
import { assistantMessage, systemPrompts, userMessage } from "../turn/encode-input.ts";
import { TurnRun } from "../turn/turn-run.ts";
import type { Profile } from "./profile.ts";
import type { TranscriptEntry } from "./transcript.ts";
import { settingsChange, splitStops, type TurnSettings } from "./turn-settings.ts";

const BOOT_TIMEOUT_MS = 30_000;
const CONTROL_TIMEOUT_MS = 15_000;
/** Answered within 10 ms, or, by some older versions and in some conversations, never: a fresh process is quicker then. */
const REWIND_TIMEOUT_MS = 1_000;

/** Acknowledged in about 10 ms. */
const INTERRUPT_TIMEOUT_MS = 500;

const ModelList = Compile(Type.Object({ models: Type.Array(ReportedModel) }));
const RewindReply = Compile(Type.Object({ rewound: Type.Boolean() }));

export type WorkerOptions = CliProcessOptions & {
  /** The model that the process is started with, when its arguments name one. */
  readonly model: string | undefined;
  /** See version.ts. */
  readonly selectsModelsSilently: boolean;
  /** See version.ts. */
  readonly longestToolDescription: number;
  /** How long the CLI may wait for the result of a tool call, at the most. */
  readonly callTimeoutMs: number;
};

export type Ask = {
  readonly profile: Profile;
  readonly model: string;
  readonly turns: readonly Turn[];
  readonly settings: TurnSettings;
  readonly delivery: OutputFormat["delivery"] | undefined;
  /** How many leading turns the process already holds and keeps; see policy.ts. */
  readonly keep: number;
  readonly silenceTimeoutMs: number;
};

/**
 * One `claude` process and what it remembers. Its life: booting, then warm (serves any request), then bound to one profile:
 * busy with a turn, idle, or parked with open tool calls. Every failure before the model is asked is thrown, and leaves a worker
 * fit only to be closed.
 */
export class Worker {
  readonly #process: CliProcess;
  readonly #callTimeoutMs: number;
  readonly #longestToolDescription: number;
  #profile: Profile | undefined;
  #names = new ToolNames([]);
  #tools: ClientTools | undefined;
  #model: string | undefined;
  readonly #selectsModelsSilently: boolean;
  #settings: TurnSettings | undefined;
  #transcript: TranscriptEntry[] = [];
  /** Resolves with the account's models once the process takes requests; rejects when it does not get there. */
  readonly booted: Promise<readonly ReportedModel[]>;

  constructor({ model, selectsModelsSilently, longestToolDescription, callTimeoutMs, ...options }: WorkerOptions) {
    this.#process = new CliProcess(options);
    this.#model = model;
    this.#selectsModelsSilently = selectsModelsSilently;
    this.#callTimeoutMs = callTimeoutMs;
    this.#longestToolDescription = longestToolDescription;
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
  get settings(): TurnSettings | undefined {
    return this.#settings;
  }
  get transcript(): readonly TranscriptEntry[] {
    return this.#transcript;
  }
  /** The tool calls that wait for their results; empty when the process is in no turn. */
  get openCalls(): ReadonlySet<string> {
    return this.#tools?.openCalls ?? new Set();
  }

  /** Brings the process to the state the request starts from, and asks the model. */
  async ask(request: Ask): Promise<TurnRun> {
    await this.#bind(request.profile);
    await this.#rewind(request.keep);
    await this.#selectModel(request.model);
    await this.#applySettings(request.settings);
    for (const turn of request.turns.slice(request.keep, -1)) await this.#append(turn);
    const question = lastTurn(request);
    const uuid = crypto.randomUUID();
    const run = this.#startRun(request, question, uuid);
    this.#process.send(userMessage(question, { uuid, query: true, names: this.#names }));
    return run;
  }

  /** Goes on with the turn that waits for tool results, which are the request's last turn; see `chooseParked`. */
  async resume(request: Ask): Promise<TurnRun> {
    const question = lastTurn(request);
    const results = onlyToolResults(question);
    if (this.#tools === undefined || results === undefined) throw new Error("there is no turn to go on with");
    await this.#applySettings(request.settings);
    const last = results.slice(-1);
    await answerCalls(this.#process, this.#tools, results.slice(0, -1));
    // With the last one the CLI goes on.
    const run = this.#startRun(request, question, undefined);
    for (const result of last) this.#tools.answer(result);
    return run;
  }

  /** Ends an unoccupied process. */
  close(): Promise<void> {
    return this.#process.close();
  }

  /** Ends a parked process. Left with open calls, it would take the end of its input for their failure, and ask the model once more. */
  async abandon(): Promise<void> {
    const interrupted = await this.#process.request({ subtype: "interrupt" }, INTERRUPT_TIMEOUT_MS).then(
      () => true,
      () => false,
    );
    await (interrupted ? this.close() : this.terminate());
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
    const { system, tools, outputSchema } = profile;
    this.#names = new ToolNames(tools.map(({ name }) => name));
    if (tools.length > 0) this.#tools = this.#offer(profile);
    const request = {
      subtype: "initialize",
      systemPrompt: systemPrompts(system),
      ...TOOL_BATCH_HOOK,
      ...this.#tools?.initializeFields,
      ...(outputSchema === undefined ? {} : { jsonSchema: outputSchema }),
    };
    await this.#process.request(request, CONTROL_TIMEOUT_MS);
    this.#profile = profile;
  }

  #offer({ tools }: Profile): ClientTools {
    const offered = new ClientTools({
      tools,
      names: this.#names,
      longestDescription: this.#longestToolDescription,
      callTimeoutMs: this.#callTimeoutMs,
      respond: (requestId, response) => this.#process.respond(requestId, response),
    });
    this.#process.answerWith((request) => offered.handle(request));
    return offered;
  }

  async #rewind(keep: number): Promise<void> {
    if (keep === this.#transcript.length) return;
    const target = this.#transcript[keep];
    const newest = this.#transcript.findLast((entry) => entry.role === "user" && entry.uuid !== undefined);
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
    const named = this.#withApiNames(settings);
    const change = settingsChange(this.#settings && this.#withApiNames(this.#settings), named);
    if (change) await this.#process.request({ subtype: "apply_flag_settings", settings: change }, CONTROL_TIMEOUT_MS);
    this.#settings = settings;
  }

  #withApiNames(settings: TurnSettings): TurnSettings {
    const { toolChoice } = settings;
    if (toolChoice.type !== "tool") return settings;
    return { ...settings, toolChoice: { type: "tool", name: this.#names.toApi(toolChoice.name) } };
  }

  async #append(turn: Turn): Promise<void> {
    if (turn.role === "assistant") {
      this.#process.send(assistantMessage(turn, this.#names));
      this.#transcript.push({ role: "assistant", turn });
      return;
    }
    const uuid = crypto.randomUUID();
    await appendUserTurn(this.#process, userMessage(turn, { uuid, query: false, names: this.#names }));
    this.#transcript.push({ role: "user", turn, uuid });
  }

  #startRun({ settings, delivery, silenceTimeoutMs }: Ask, question: Turn, uuid: string | undefined): TurnRun {
    const run = new TurnRun({
      process: this.#process,
      tools: this.#tools,
      names: this.#names,
      output: delivery,
      isResumed: uuid === undefined,
      filteredStops: splitStops(settings.stop).filtered,
      silenceTimeoutMs,
    });
    this.#transcript.push({ role: "user", turn: question, uuid }, { role: "assistant", turn: undefined });
    void run.outcome.then((outcome) => {
      if (outcome !== "clean" && outcome !== "parked") return;
      this.#transcript[this.#transcript.length - 1] = { role: "assistant", turn: run.answer, written: true };
    });
    return run;
  }
}

function lastTurn({ turns }: Ask): Turn {
  const question = turns.at(-1);
  if (question?.role !== "user") throw new Error("a conversation must end with a user's turn");
  return question;
}
