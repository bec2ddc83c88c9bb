import type { Logger } from "../../observability/logger.ts";
import { accountAddress } from "./account.ts";
import type { Attachment } from "./encode-transcript.ts";
import { rehearse } from "./rehearse.ts";
import type { Rehearsal } from "./stage.ts";

export type RehearsalsOptions = {
  /** What real processes run in and with. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logger: Logger;
  readonly timeoutMs?: number;
  /** For tests. */
  readonly now?: () => Date;
  readonly rehearse?: (rehearsal: Rehearsal) => Promise<Attachment[]>;
};

/** The CLI, and the model in full, so that it does not depend on the login which one that is. */
export type RehearsalTarget = { readonly path: string; readonly version: string; readonly model: string };

const TIMEOUT_MS = 10_000;
/** How often it is tried per model and day: what fails is likely to fail again, and each try costs a process. */
const MAX_TRIES = 3;

type Learnt = { attachments: readonly Attachment[] | undefined; tries: number; running: Promise<void> | undefined };

/**
 * What the CLI attaches to first questions, learnt by rehearsing, one at a time: see rehearse.ts. It names the day, the model
 * and the user, so it is learnt anew when one of these changes.
 */
export class Rehearsals {
  readonly #options: RehearsalsOptions;
  #day = "";
  #learnt = new Map<string, Learnt>();
  #queue: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(options: RehearsalsOptions) {
    this.#options = options;
  }

  /** What is known already; undefined when nothing is yet. Never throws, and waits for no process. */
  async known(target: RehearsalTarget): Promise<readonly Attachment[] | undefined> {
    const { learnt } = await this.#find(target);
    return learnt.attachments;
  }

  /** Learns what is not known. Resolves when it is, or could not be learnt; never throws. */
  async learn(target: RehearsalTarget): Promise<void> {
    const { learnt, address } = await this.#find(target);
    if (
      this.#closing.signal.aborted ||
      learnt.attachments !== undefined ||
      (learnt.running === undefined && learnt.tries >= MAX_TRIES)
    )
      return;
    learnt.running ??= this.#enqueue(() => this.#rehearse(target, address, learnt));
    await learnt.running;
  }

  /** Resolves when the last process has ended; no other is started. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#queue;
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(task);
    return this.#queue;
  }

  async #rehearse({ path, model }: RehearsalTarget, address: string | undefined, learnt: Learnt): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    const { cwd, env, logger, timeoutMs = TIMEOUT_MS } = this.#options;
    learnt.tries++;
    try {
      const run = this.#options.rehearse ?? rehearse;
      learnt.attachments = await run({ path, model, cwd, env, address, logger, timeoutMs, signal });
      logger.debug("rehearsal done", { model, attachments: learnt.attachments.length });
    } catch (error) {
      logger.debug("rehearsal failed", { model, reason: error instanceof Error ? error.message : String(error) });
    } finally {
      learnt.running = undefined;
    }
  }

  async #find({ path, version, model }: RehearsalTarget): Promise<{ learnt: Learnt; address: string | undefined }> {
    const { env, now = () => new Date() } = this.#options;
    const address = await accountAddress(env);
    // The CLI tells the day as it is here.
    const day = now().toDateString();
    if (day !== this.#day) {
      this.#day = day;
      this.#learnt = new Map();
    }
    const key = JSON.stringify([path, version, model, address ?? null]);
    const learnt = this.#learnt.get(key) ?? { attachments: undefined, tries: 0, running: undefined };
    this.#learnt.set(key, learnt);
    return { learnt, address };
  }
}
