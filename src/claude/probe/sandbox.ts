import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "../../observability/logger.ts";
import { type CliArguments, cliArguments } from "../cli/arguments.ts";
import { API_KEY_VARIABLES } from "../cli/environment.ts";
import { cliSettings } from "../cli/settings.ts";
import { CliProcess, type CliProcessOptions } from "../process/cli-process.ts";
import type { CliMessage } from "../protocol/parse-message.ts";
import { ToolNames } from "../tools/tool-names.ts";
import { awaitMessage } from "../turn/conversation.ts";
import { userMessage } from "../turn/encode-input.ts";
import { CannedApi, DUMMY_TOKEN } from "./canned-api.ts";

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

type StartOptions = Pick<CliArguments, "keepsTranscript" | "tellsEstimates"> & Pick<CliProcessOptions, "errors">;

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
  await Promise.all(names.filter((name) => name.startsWith(PREFIX)).map((name) => sweepFolder(join(scratch, name))));
}

async function sweepFolder(path: string): Promise<void> {
  try {
    // Another server's may be in use.
    if (Date.now() - (await stat(path)).mtimeMs > LONGEST_LIFE_MS) await rm(path, { recursive: true, force: true });
  } catch {
    // It is gone, or another user's.
  }
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
  const giveUp = () => void process?.terminate();
  signal.addEventListener("abort", giveUp, { once: true });
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
        const args = cliArguments({ settings, model, ...how });
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
    signal.removeEventListener("abort", giveUp);
    await process?.terminate();
    await api.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Variables by which a process could get at credentials, or past our API. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...API_KEY_VARIABLES,
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "http_proxy",
  "https_proxy",
]);

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
