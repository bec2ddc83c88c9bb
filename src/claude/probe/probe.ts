import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "../../core/error.ts";
import { isJsonObject, parseJsonObject } from "../../core/json.ts";
import { SharedWork } from "../count/shared-work.ts";
import { inSandbox, type Sandbox, type SandboxOptions } from "./sandbox.ts";

/** How something is found out about a CLI. */
export type Script<T> = {
  /** For the log. */
  readonly name: string;
  readonly timeoutMs: number;
  /** How often it is tried with a CLI: what fails is likely to fail again, and each try costs a process. Default: without end. */
  readonly maxTries?: number;
  /** The outcome holds for a day and an account. Default: as long as that version is installed. */
  readonly isDaily?: boolean;
  /** Rejects when it cannot be found out. */
  readonly run: (sandbox: Sandbox) => Promise<T>;
};

export type ProbeOptions<T> = Pick<SandboxOptions, "cwd" | "env" | "guard" | "logger" | "scratch"> & {
  /** Takes a place for the process, and resolves with the function that gives it back. */
  readonly admit?: (signal: AbortSignal) => Promise<() => void>;
  /** For tests. */
  readonly now?: () => Date;
  readonly run?: (options: SandboxOptions) => Promise<T>;
};

/** The CLI; and the model in full, where the outcome depends on it, so that it does not depend on the login which one that is. */
export type ProbeTarget = { readonly path: string; readonly version: string; readonly model?: string };

/** Any will do, and this one is always there. */
const ANY_MODEL = "sonnet";

type Kept<T> = { readonly key: string; outcome?: { readonly value: T }; failures: number };

/**
 * Finds something out about installed CLIs, by a script that is run with one in a sandbox, without a login: once for each version, when
 * somebody wants to know, and one at a time.
 */
export class Probe<T> {
  readonly #script: Script<T>;
  readonly #options: ProbeOptions<T>;
  #day = "";
  readonly #kept = new Map<string, Kept<T>>();
  readonly #running = new SharedWork<T>();
  #queue: Promise<unknown> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(script: Script<T>, options: ProbeOptions<T>) {
    this.#script = script;
    this.#options = options;
  }

  /** What is known already; undefined when nothing is yet. Never throws, and waits for no process. */
  async known(target: ProbeTarget): Promise<T | undefined> {
    const { kept } = await this.#find(target);
    return kept.outcome?.value;
  }

  /** Finds out what is not known. Resolves when it is, or could not be found out; never throws. It goes on for who no longer waits. */
  async learn(target: ProbeTarget): Promise<void> {
    await this.find(target).catch(() => {});
  }

  /** What is known, or found out now. Rejects when it cannot be, or with the signal's reason; what nobody waits for any more is given up. */
  async find(target: ProbeTarget, client?: AbortSignal): Promise<T> {
    const { kept, address } = await this.#find(target);
    if (kept.outcome) return kept.outcome.value;
    const signal = client ? AbortSignal.any([client, this.#closing.signal]) : this.#closing.signal;
    return await this.#running.join(kept.key, signal, (shared) => {
      const result = this.#queue.then(() => this.#run(target, address, kept, shared));
      this.#queue = result.catch(() => {});
      return result;
    });
  }

  /** Resolves when the last process has ended; no other is started. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#queue;
  }

  async #run(target: ProbeTarget, address: string | undefined, kept: Kept<T>, signal: AbortSignal): Promise<T> {
    const { name, timeoutMs, maxTries = Number.POSITIVE_INFINITY } = this.#script;
    const { admit, run, ...options } = this.#options;
    const { path, version, model = ANY_MODEL } = target;
    if (kept.failures >= maxTries) throw new Error("it could not be tried before");
    signal.throwIfAborted();
    const leave = await admit?.(signal);
    try {
      const sandbox = { ...options, timeoutMs, path, model, address, signal };
      const value = await (run?.(sandbox) ?? inSandbox(sandbox, this.#script.run));
      kept.outcome = { value };
      const works = typeof value === "boolean" ? { works: value } : {};
      options.logger.debug("the CLI was probed", { probe: name, version, model, ...works });
      return value;
    } catch (cause) {
      signal.throwIfAborted();
      kept.failures++;
      const reason = reasonOf(cause);
      options.logger.warn("the CLI could not be probed", { probe: name, version, model, reason });
      throw new Error(reason, { cause });
    } finally {
      leave?.();
    }
  }

  async #find({ path, version, model }: ProbeTarget): Promise<{ kept: Kept<T>; address: string | undefined }> {
    const { env, now = () => new Date() } = this.#options;
    const { isDaily = false } = this.#script;
    const address = isDaily ? await accountAddress(env) : undefined;
    // The CLI tells the day as it is here.
    const day = isDaily ? now().toDateString() : "";
    if (day !== this.#day) this.#kept.clear();
    this.#day = day;
    const key = JSON.stringify([day, path, version, model, address]);
    const kept = this.#kept.get(key) ?? { key, failures: 0 };
    this.#kept.set(key, kept);
    return { kept, address };
  }
}

/**
 * The address of the account that the CLI is logged in to, as its configuration has it: the CLI tells it to the model. Undefined
 * when there is none. Nothing else is taken from the file, and it holds no credentials.
 */
async function accountAddress(env: Readonly<Record<string, string | undefined>>): Promise<string | undefined> {
  const folder = env.CLAUDE_CONFIG_DIR ?? env.HOME ?? env.USERPROFILE;
  if (folder === undefined) return undefined;
  const config = await readFile(join(folder, ".claude.json"), "utf8").then(parseJsonObject, () => undefined);
  const { emailAddress } = isJsonObject(config?.oauthAccount) ? config.oauthAccount : {};
  return typeof emailAddress === "string" && emailAddress !== "" ? emailAddress : undefined;
}
