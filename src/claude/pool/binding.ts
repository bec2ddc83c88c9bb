import { isFullId } from "../models/model-name.ts";
import type { Ability } from "../probe/abilities.ts";
import type { CliProcess } from "../process/cli-process.ts";
import type { ControlRequestMessage } from "../protocol/messages.ts";
import { asksAboutResult, ClientTools, namedTools, replaceResult, SERVERS, TOOL_HOOKS } from "../tools/client-tools.ts";
import { ToolNames } from "../tools/tool-names.ts";
import { systemPrompts } from "../turn/encode-input.ts";
import { BLANK_PROFILE, canRebind, canRebindWithin, namesOf, type Profile } from "./profile.ts";

/**
 * Usually 5 ms, and on a busy machine as long as all else takes there. Whoever gives a process up for that starts another, which makes the
 * machine no less busy.
 */
const REBIND_TIMEOUT_MS = 8_000;

export type BindingOptions = {
  /** The model that the process is started with, when its arguments name one. */
  readonly model: string | undefined;
  /** See version.ts. */
  readonly selectsModelsSilently: boolean;
  /** How long the CLI may wait for the result of a tool call, at the most. */
  readonly callTimeoutMs: number;
  /** Whether it can be bound anew. */
  readonly rebinding: Ability;
  /** The names of tools in the conversation that the process is started with. */
  readonly names?: ToolNames;
};

/** Binds a process to a profile and a model, and knows to which it is bound. */
export class Binding {
  readonly #process: Pick<CliProcess, "request" | "respond" | "answerWith" | "death">;
  readonly #options: BindingOptions;
  #profile: Profile | undefined;
  #model: string | undefined;
  #names: ToolNames;
  #tools: ClientTools | undefined;

  constructor(process: Pick<CliProcess, "request" | "respond" | "answerWith" | "death">, options: BindingOptions) {
    this.#process = process;
    this.#options = options;
    this.#model = options.model;
    this.#names = options.names ?? new ToolNames([]);
    process.answerWith((request) => this.#answer(request));
  }

  /** Undefined before it is initialised. */
  get profile(): Profile | undefined {
    return this.#profile;
  }
  get model(): string | undefined {
    return this.#model;
  }
  get names(): ToolNames {
    return this.#names;
  }
  /** The client's tools, if there are any. */
  get tools(): ClientTools | undefined {
    return this.#tools;
  }
  /** Whether it can be bound to something else. */
  get rebinds(): boolean {
    return this.#options.rebinding.works;
  }

  /** Binds a process to what it serves next. One that remembers a conversation keeps what it has. */
  async bind(profile: Profile, model: string, { isEmpty }: { isEmpty: boolean }): Promise<void> {
    if (this.#profile === undefined) {
      // The CLI takes them in their order.
      const initialized = this.#initialize(profile);
      const selected = this.#model === model ? undefined : this.#selectModel(model, undefined, isEmpty);
      await Promise.all([initialized, selected]);
      return;
    }
    const from = this.#profile;
    if (from.key === profile.key && this.#model === model) {
      // The functions may be others by the same names.
      this.#profile = profile;
      return;
    }
    const can = isEmpty ? canRebind(from, profile) : canRebindWithin(from, profile, model) && this.#model === model;
    if (!this.rebinds || !can) throw new Error("this process cannot be bound anew");
    const newPrompt = from.system === profile.system ? undefined : systemPrompts(profile.system)[0];
    try {
      await Promise.all([
        from.toolsKey === profile.toolsKey ? undefined : this.#replaceTools(profile),
        newPrompt === undefined && this.#model === model ? undefined : this.#selectModel(model, newPrompt, isEmpty),
      ]);
    } catch (error) {
      // One that was ended meanwhile says nothing about the others.
      if (this.#process.death === undefined) this.#options.rebinding.fail();
      throw error;
    }
    this.#options.rebinding.succeed();
    this.#profile = profile;
  }

  /**
   * Initialises a process that nobody has asked yet, so that it can be bound in no time. False: it is left as it is, since it
   * could not be bound anew.
   */
  async prepare(): Promise<boolean> {
    if (!this.rebinds) return false;
    if (this.#profile === undefined) await this.#initialize(BLANK_PROFILE);
    return true;
  }

  async #initialize(profile: Profile): Promise<void> {
    const { system, tools, outputSchema } = profile;
    if (tools.length > 0) this.#offer(profile, this.#options.names);
    const request = {
      subtype: "initialize",
      systemPrompt: systemPrompts(system),
      // Else the CLI keeps the system prompt that it sent first.
      systemPromptSnapshot: false,
      ...TOOL_HOOKS,
      ...this.#tools?.initializeFields,
      ...(outputSchema === undefined ? {} : { jsonSchema: outputSchema }),
    };
    await this.#process.request(request);
    this.#profile = profile;
  }

  #offer(profile: Profile, names = namesOf(profile), server: string | undefined = SERVERS[0]): ClientTools {
    this.#names = names;
    const offered = new ClientTools({
      tools: namedTools(names),
      server,
      callTimeoutMs: this.#options.callTimeoutMs,
      respond: (requestId, response) => this.#process.respond(requestId, response),
    });
    this.#tools = offered;
    return offered;
  }

  /** Also where there are no tools: structured output is one of the CLI's own. */
  #answer(request: ControlRequestMessage): boolean {
    const callId = asksAboutResult(request);
    if (callId === undefined) return this.#tools?.handle(request) ?? false;
    const blocks = this.#tools?.takeAnnounced(callId);
    this.#process.respond(request.request_id, blocks ? replaceResult(blocks) : {});
    return true;
  }

  /** By a server of another name: of one that it knows already, newer versions of the CLI go on to know the tools that it had. */
  async #replaceTools(profile: Profile): Promise<void> {
    const server = SERVERS.find((name) => name !== this.#tools?.server);
    const isNone = profile.tools.length === 0;
    const servers = isNone ? {} : this.#offer(profile, undefined, server).servers;
    if (isNone) [this.#names, this.#tools] = [namesOf(profile), undefined];
    await this.#process.request({ subtype: "mcp_set_servers", servers }, REBIND_TIMEOUT_MS);
  }

  async #selectModel(model: string, systemPrompt: string | undefined, isEmpty: boolean): Promise<void> {
    const isOther = model !== this.#model;
    // The CLI would tell the model of the change.
    if (!this.#options.selectsModelsSilently || (isOther && !isEmpty)) {
      throw new Error("this process cannot change its model");
    }
    // One that the CLI does not list is set as a setting: by `set_model`, it would ask the API whether there is one, which is paid.
    const isListed = !isFullId(model);
    const timeoutMs = systemPrompt === undefined ? undefined : REBIND_TIMEOUT_MS;
    const fields = { ...(isListed && { model }), ...(systemPrompt !== undefined && { system_prompt: systemPrompt }) };
    if (Object.keys(fields).length > 0) await this.#process.request({ subtype: "set_model", ...fields }, timeoutMs);
    // Behind it: without a model, it goes back to the default one.
    const settings = { model };
    if (!isListed) await this.#process.request({ subtype: "apply_flag_settings", settings }, timeoutMs);
    this.#model = model;
  }
}
