import Type from "typebox";
import { attempt } from "../../core/attempt.ts";
import { ApiError, invalid } from "../../core/error.ts";
import { canonicalJson } from "../../core/json.ts";
import type { Tool, Turn } from "../../core/request.ts";
import type { ErrorReader } from "../process/child-process.ts";
import type { CliProcess } from "../process/cli-process.ts";
import { within } from "../process/spawn.ts";
import { lazyCheck } from "../protocol/lazy-check.ts";
import { ClientTools, describedTools } from "../tools/client-tools.ts";
import { ToolNames } from "../tools/tool-names.ts";
import { appendUserTurn, rewindTo } from "../turn/conversation.ts";
import { assistantMessage, systemPrompts, userMessage } from "../turn/encode-input.ts";
import { resultError } from "../turn/turn-errors.ts";

/** What is counted. Who has the last word is all the same to the CLI. */
type Countable = { readonly turns: readonly Turn[]; readonly tools: readonly Tool[] };

/** What the CLI tells of a conversation and of tools. */
export type Parts = {
  /** The conversation, as one request without system prompt and tools. */
  readonly conversation: number;
  /** The tools, with {@link PLACEHOLDER} as conversation, less what the CLI takes off; zero where that leaves nothing. */
  readonly tools: number;
};

/** `estimated`: the figures are the CLI's own, since Anthropic did not count, and this is why. */
export type Counted = { readonly parts: Parts; readonly estimated: ApiError | undefined };

/** The CLI told something, but not in the form that is known. */
export class UnknownAnswer extends Error {}

/** The conversation beside which the CLI has tools counted, since the API counts no tools alone. */
export const PLACEHOLDER: Turn = { role: "user", content: [{ type: "text", text: "foo" }] };

/** A long conversation takes its time, and another process would take more. */
const FORGET_TIMEOUT_MS = 15_000;
/** The CLI asks Anthropic, and tries once more when that fails. */
const COUNT_TIMEOUT_MS = 60_000;
/** How long a mark may lie in the pipe. */
const MARK_GRACE_MS = 500;
/** What it is told leaves a little of itself in a process. */
const MOST_COUNTS = 500;
/** Nothing is ever called. */
const CALL_TIMEOUT_MS = 60_000;

/** The answer to `get_context_usage`. Categories without tokens are left out, and those of older versions have no id. */
const ContextUsage = lazyCheck(
  Type.Object({
    categories: Type.Array(Type.Object({ id: Type.String(), tokens: Type.Number() })),
    mcpTools: Type.Array(Type.Object({ name: Type.String() })),
  }),
);

/**
 * A process that counts, for one model and one count at a time: it is told the conversation, asked what that amounts to, and made to
 * forget it.
 */
export class CountingProcess {
  readonly #process: CliProcess;
  readonly #estimates = new Estimates();
  /** The tools that it was ever told of, by the names that the API knows. */
  readonly #told = new Map<string, string>();
  #isInitialized = false;
  #isClean = true;
  #counts = 0;

  /** `start`: with who reads what the process writes to stderr. */
  constructor(start: (errors: ErrorReader) => CliProcess) {
    this.#process = start(this.#estimates);
  }

  /** Whether it can count once more. */
  get isUsable(): boolean {
    return this.#isClean && this.#counts < MOST_COUNTS && this.#process.death === undefined;
  }

  /** Whether it would tell the truth of these: the CLI remembers what tools amount to, and does not look at their descriptions. */
  canCount(tools: readonly Tool[]): boolean {
    if (!this.isUsable) return false;
    const names = new ToolNames(tools);
    return tools.every((tool) => (this.#told.get(names.toApi(tool.name)) ?? told(tool)) === told(tool));
  }

  /**
   * Has the CLI ask Anthropic's `count_tokens`, which costs nothing: once for the conversation, word for word, and once for all
   * tools. Throws when it does not tell, and is of no use any more then.
   */
  async count({ turns, tools }: Countable): Promise<Counted> {
    this.#isClean = false;
    this.#counts++;
    const names = new ToolNames(tools);
    for (const tool of tools) this.#told.set(names.toApi(tool.name), told(tool));
    const prompts = { subtype: "initialize", systemPrompt: systemPrompts("") };
    if (!this.#isInitialized) await this.#process.request(prompts);
    this.#isInitialized = true;
    await this.#offer(tools, names);
    const uuids = await this.#append(turns, names);
    const usage = await this.#process.request({ subtype: "get_context_usage" }, COUNT_TIMEOUT_MS);
    const isMarked = await this.#mark();
    if (isMarked) this.#isClean = await this.#forget(turns, uuids);
    // Then its end is the mark.
    else await this.#process.close();
    const estimated = this.#estimates.takeReason({ isMarked });
    return { parts: partsOf(usage, tools, names), estimated };
  }

  close(): Promise<void> {
    return this.#process.close();
  }

  /** Ends it whatever it is doing. */
  terminate(): Promise<void> {
    return this.#process.terminate();
  }

  /** Each time as another server: of one that it knows, the CLI would go on to offer the old tools. */
  async #offer(tools: readonly Tool[], names: ToolNames): Promise<void> {
    const offered = new ClientTools({
      tools: describedTools(tools, names),
      server: `client-${this.#counts}`,
      callTimeoutMs: CALL_TIMEOUT_MS,
      respond: (requestId, response) => this.#process.respond(requestId, response),
    });
    this.#process.answerWith((request) => offered.handle(request));
    const servers = tools.length === 0 ? {} : offered.servers;
    await this.#process.request({ subtype: "mcp_set_servers", servers });
  }

  async #append(turns: readonly Turn[], names: ToolNames): Promise<string[]> {
    const uuids: string[] = [];
    for (const turn of turns) {
      if (turn.role === "assistant") this.#process.send(assistantMessage(turn, names));
      else {
        const uuid = crypto.randomUUID();
        await appendUserTurn(this.#process, userMessage(turn, { uuid, query: false, names }));
        uuids.push(uuid);
      }
    }
    return uuids;
  }

  /** Waits until all has been read that was written to stderr up to now. False: that cannot be told. */
  async #mark(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const serverName = this.#estimates.expectMark(resolve);
    // It has no such server, and says no, after it has written the mark.
    await this.#process.request({ subtype: "mcp_reconnect", serverName }).catch(() => {});
    return await within(promise, MARK_GRACE_MS);
  }

  /** Rewinds it to before the first turn. False: something of the conversation is left. */
  async #forget([first]: readonly Turn[], uuids: readonly string[]): Promise<boolean> {
    const [target, newest] = [uuids[0], uuids.at(-1)];
    if (first?.role !== "user" || target === undefined || newest === undefined) return false;
    return await rewindTo(this.#process, target, newest, FORGET_TIMEOUT_MS).then(
      () => true,
      () => false,
    );
  }
}

function partsOf(usage: unknown, tools: readonly Tool[], names: ToolNames): Parts {
  if (!ContextUsage.Check(usage)) throw new UnknownAnswer("it does not tell its context usage as it was known to");
  const { missing } = names.compare(usage.mcpTools.map(({ name }) => name));
  if (missing.length > 0) throw unusableTools(missing);
  if (usage.mcpTools.length !== tools.length)
    throw new UnknownAnswer("it counted tools that are none of the request's");
  const tokensOf = (category: string) => usage.categories.find(({ id }) => id === category)?.tokens ?? 0;
  return { conversation: tokensOf("messages"), tools: tokensOf("mcp_tools") };
}

function told(tool: Tool): string {
  return canonicalJson([tool.description ?? "", tool.parameters]);
}

/** What the CLI writes to stderr when it puts an estimate of its own in the place of a count, and when Anthropic's was refused. */
const ESTIMATED = /\banalyzeContext: count unavailable\b/;
const REFUSED = /\bcountTokens API call failed: (?:(\d{3}) )?(.*)/;
/** What it writes when it is asked for a server that it does not have: the name, which we choose, marks the place. */
const MARKED = /\bmcp_reconnect: refused: .*\b(mark-[\w-]+)$/;

/** Characters of what Anthropic said, which may quote the request. */
const MOST_SAID = 20_000;

/** Why Anthropic did not count, as the CLI tells it. */
type Refusal = { readonly status: string | undefined; readonly said: string };

/**
 * Whether a figure that a process told is an estimate of its own: its answer does not say so, but its stderr does. What comes there is
 * in the order in which it was written, so once a mark is read that was asked for after the answer, all has been read that was
 * said of it. Every line is read as it comes, and the first refusal kept, however much is written after it.
 */
export class Estimates implements ErrorReader {
  #any = false;
  #refusal: Refusal | undefined;
  #isComplete = false;
  #mark: string | undefined;
  #onMark: (() => void) | undefined;

  read(line: string): void {
    const refused = REFUSED.exec(line);
    if (refused || ESTIMATED.test(line)) this.#any = true;
    if (refused) this.#refusal ??= { status: refused[1], said: (refused[2] ?? "").slice(0, MOST_SAID) };
    else if (this.#mark !== undefined && MARKED.exec(line)?.[1] === this.#mark) this.#onMark?.();
  }

  end(): void {
    this.#isComplete = true;
  }

  /** Chooses a mark, the name of a server to ask for, and calls back when it is read. */
  expectMark(onMark: () => void): string {
    this.#mark = `mark-${crypto.randomUUID()}`;
    this.#onMark = onMark;
    return this.#mark;
  }

  /**
   * Why the last figures are estimates, undefined if none is; and forgets it. To be asked when the mark was read or, where there is
   * none, when the process has exited: throws when its stderr was not read to the end then, for nobody knows.
   */
  takeReason({ isMarked }: { readonly isMarked: boolean }): ApiError | undefined {
    if (!this.#any && !isMarked && !this.#isComplete)
      throw new Error("what it wrote to stderr could not be read to its end");
    const reason = this.#any ? reasonOf(this.#refusal) : undefined;
    this.#any = false;
    this.#refusal = undefined;
    return reason;
  }
}

function reasonOf(refusal: Refusal | undefined): ApiError {
  const { status, said = "" } = refusal ?? {};
  if (status === undefined) {
    const reason = said === "" ? "" : `: ${said}`;
    return new ApiError("upstream_unreachable", `The Anthropic API did not count the tokens${reason}`);
  }
  const facts = { type: "result", subtype: "success", is_error: true, api_error_status: Number(status) } as const;
  return resultError({ result: { ...facts, result: messageIn(said) }, now: Date.now() / 1000 });
}

/** The message in the API's error envelope, which may have been cut off; else what there is. */
function messageIn(said: string): string {
  const [, quoted] = /"message":"((?:[^"\\]|\\.)*)/.exec(said) ?? [];
  if (quoted === undefined) return said;
  return attempt(() => String(JSON.parse(`"${quoted}"`))) ?? quoted;
}

const USABLE_SCHEMA = "They must be the JSON Schema of an object that is valid by draft 2020-12.";

/** The refusal of tools that the CLI leaves out, since it takes their schemas for ones that the API refuses. */
function unusableTools(names: readonly string[]): ApiError {
  const which = names.map((name) => JSON.stringify(name)).join(", ");
  return invalid("tools", `Claude does not take the parameters of these tools: ${which}. ${USABLE_SCHEMA}`);
}
