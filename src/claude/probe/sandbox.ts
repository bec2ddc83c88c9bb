import { addAbortListener } from "node:events";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "../../observability/logger.ts";
import { API_KEY_VARIABLES, type CliArguments, cliArguments, cliSettings } from "../cli/invocation.ts";
import { PROXY_VARIABLES } from "../cli/network-settings.ts";
import { CliProcess, type CliProcessOptions } from "../process/cli-process.ts";
import type { CliMessage } from "../protocol/parse-message.ts";
import { ToolNames } from "../tools/tool-names.ts";
import { awaitMessage } from "../turn/conversation.ts";
import { userMessage } from "../turn/encode-input.ts";

export type SandboxOptions = Pick<CliProcessOptions, "guard"> & {
  /** The CLI. */
  readonly path: string;
  readonly model: string;
  /** What real processes run in and with; credentials in it are left out. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whom the CLI calls the user; undefined: nobody. */
  readonly address: string | undefined;
  readonly logger: Logger;
  readonly timeoutMs: number;
  /** Gives up at once. */
  readonly signal: AbortSignal;
  /** Where its own folder is made; default: the system's place for temporary files. */
  readonly scratch?: string;
};

/** `errors`: who reads of its estimates. */
type StartOptions = Pick<CliArguments, "keepsTranscript"> & Pick<CliProcessOptions, "errors">;

/** A process of the CLI without a login, and the API that it believes to talk to. */
export type Sandbox = {
  readonly api: CannedApi;
  readonly model: string;
  /** Where the process keeps its files. */
  readonly folder: string;
  /** Starts the process; one at a time. */
  start(options?: StartOptions): CliProcess;
  /** Asks the process for something, as {@link CliProcess.request} does. */
  request(fields: { readonly subtype: string } & Record<string, unknown>): Promise<unknown>;
  /** Asks the model, and resolves, with the uuid of the question, when the turn is over. */
  ask(text: string): Promise<string>;
};

const PREFIX = "claude-max-api-sandbox-";
/** Longer than any sandbox is used. */
const LONGEST_LIFE_MS = 60_000;

/** Removes what sandboxes of a server that was killed have left. Never throws. */
export async function sweepSandboxes(scratch: string): Promise<void> {
  const names = await readdir(scratch).catch(() => []);
  const sweep = async (path: string) => {
    // Another server's may be in use.
    if (Date.now() - (await stat(path)).mtimeMs > LONGEST_LIFE_MS) await rm(path, { recursive: true, force: true });
  };
  // One may be gone by now, or another user's.
  await Promise.allSettled(names.filter((name) => name.startsWith(PREFIX)).map((name) => sweep(join(scratch, name))));
}

/**
 * Runs something with a folder, a canned API on loopback, and a process that knows no credentials and keeps its files in that
 * folder. All are gone when this settles. Throws what that throws, and when time is up.
 */
export async function inSandbox<T>(options: SandboxOptions, run: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const { path, model, cwd, env, guard, logger, timeoutMs, signal, address, scratch = tmpdir() } = options;
  const folder = await mkdtemp(join(scratch, PREFIX));
  const api = new CannedApi();
  const end = Date.now() + timeoutMs;
  const msLeft = () => Math.max(0, end - Date.now());
  let process: CliProcess | undefined;
  const started = () => {
    if (process === undefined) throw new Error("no process was started in the sandbox");
    return process;
  };
  using _givingUp = addAbortListener(signal, () => void process?.terminate());
  try {
    signal.throwIfAborted();
    if (address !== undefined) {
      const config = { oauthAccount: { emailAddress: address } };
      await writeFile(join(folder, ".claude.json"), JSON.stringify(config), { mode: 0o600 });
      // What was given up meanwhile must not be started: nobody would end it.
      signal.throwIfAborted();
    }
    return await run({
      api,
      model,
      folder,
      start({ errors, ...how } = {}) {
        const settings = cliSettings({ anthropicBaseUrl: api.url, allowApiKey: false });
        const args = cliArguments({ settings, model, tellsEstimates: errors !== undefined, ...how });
        const running = { env: sandboxEnvironment(env, folder, api.url), cwd, guard, logger };
        process = new CliProcess({ ...running, path, args, errors });
        return process;
      },
      request: (fields) => started().request(fields, msLeft()),
      async ask(text) {
        const uuid = crypto.randomUUID();
        const turn = { role: "user", content: [{ type: "text", text }] } as const;
        const send = () => started().send(userMessage(turn, { uuid, query: true, names: new ToolNames([]) }));
        const isAnswer = ({ type }: CliMessage) => type === "result";
        if (!(await awaitMessage(started(), send, { isAnswer, timeoutMs: msLeft() })))
          throw new Error("the CLI did not answer in time");
        return uuid;
      },
    });
  } finally {
    await process?.terminate();
    await api.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Variables by which a process could get at credentials, or past our API. */
const LEFT_OUT: ReadonlySet<string> = new Set([...API_KEY_VARIABLES, ...PROXY_VARIABLES]);

export function sandboxEnvironment(
  env: Readonly<Record<string, string>>,
  folder: string,
  url: string,
): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !LEFT_OUT.has(name))),
    CLAUDE_CONFIG_DIR: folder,
    CLAUDE_CODE_OAUTH_TOKEN: DUMMY_TOKEN,
    CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: "1",
    ANTHROPIC_BASE_URL: url,
  };
}

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
  const reason = call ? "tool_use" : "end_turn";
  const events = [
    { type: "message_start", message: { ...message, ...stop, usage: { input_tokens: 1, output_tokens: 1 } } },
    { type: "content_block_start", index: 0, content_block: block },
    { type: "content_block_delta", index: 0, delta },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { ...stop, stop_reason: reason }, usage: { output_tokens: 1 } },
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
  /** Whether any request came with another login than the dummy, which none may. */
  sawOtherLogin = false;
  readonly #server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => this.#answer(request) });

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  close(): Promise<void> {
    return this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const { headers, method, url } = request;
    const login = headers.get("x-api-key") ?? headers.get("authorization");
    if (login !== null && login !== `Bearer ${DUMMY_TOKEN}`) {
      this.sawOtherLogin = true;
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
