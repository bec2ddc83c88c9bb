import { inTurns } from "../../core/pace.ts";
import type { Turn } from "../../core/request.ts";
import { hasThinking } from "../../core/turns.ts";
import type { CliArguments } from "../cli/invocation.ts";
import { withoutSize } from "../models/model-name.ts";
import type { Probe } from "../probe/probe.ts";
import type { CliProcess } from "../process/cli-process.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import { type Attachment, encodeTranscript } from "./encode-transcript.ts";
import type { TranscriptFolder, TranscriptPlace } from "./transcript-folder.ts";
import type { SpareTarget, WaitingSpare } from "./waiting-spare.ts";

export type RestorerOptions = {
  readonly folder: TranscriptFolder;
  readonly spare: WaitingSpare;
  /** What the CLI attaches to first questions. */
  readonly attachments: Pick<Probe<readonly Attachment[]>, "known" | "learn" | "close">;
  /** Where the CLI runs. */
  readonly cwd: string;
  /** Starts of a second do not matter; those of requests do. */
  readonly learnDelayMs?: number;
  /** For tests. */
  readonly learnPatienceMs?: number;
};

/** With the CLI that goes on with it. */
export type Conversation = SpareTarget & {
  /** Up to its last answer. */
  readonly turns: readonly Turn[];
  /** By which the API knows the functions. */
  readonly names: ToolNames;
  /** The model in full. */
  readonly modelId: string;
  /** Behind which turn the CLI told of its environment, where that is known. */
  readonly environmentAt?: number | undefined;
  /** Whether there is thinking in it that only holds behind exactly what was told before it; default: there is not. */
  readonly isBound?: boolean | undefined;
};

const LACKS_ATTACHMENTS = "it is not known what the CLI attaches to a conversation";

/** A conversation that a process can be started from. */
export type Restored = Pick<Conversation, "turns" | "names" | "environmentAt"> & {
  /** What the arguments of the process say of it. */
  readonly resume: NonNullable<CliArguments["resume"]>;
  /** For each turn the uuid by which the process knows it. */
  readonly uuids: readonly string[];
  readonly place: TranscriptPlace;
  /** The process, if it was started already. */
  readonly process?: CliProcess | undefined;
  /** Nobody needs it any more. Never throws. */
  giveUp(): Promise<void>;
};

const LEARN_DELAY_MS = 3_000;

/**
 * So long a request waits for what is learnt once a day, usually in a second: without it what was thought would be refused. The headers of a
 * stream wait for longer, and tell of it.
 */
const LEARN_PATIENCE_MS = 8_000;

/** A conversation has thinking that only holds behind exactly what a live process was told before it, and that is not known. */
export class UnplacedThinking extends Error {}

/** Writes conversations down for processes to be started from, laid out as a live process has them. */
export class Restorer {
  readonly #options: RestorerOptions;
  readonly #learning = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(options: RestorerOptions) {
    this.#options = options;
  }

  /** Whether a process waits for a conversation with this model. */
  isAwaited(model: string): boolean {
    return this.#options.spare.model === model;
  }

  /** Throws when it cannot be told; an {@link UnplacedThinking}, where it can be without what was thought. */
  async write(conversation: Conversation): Promise<Restored> {
    const { folder, spare } = this.#options;
    const { turns, names, path, version, modelId } = conversation;
    const target = { path, version, model: modelId };
    // What was thought holds only behind exactly what a live process was told before it.
    const { attachments: probe, learnPatienceMs = LEARN_PATIENCE_MS } = this.#options;
    if (hasThinking(turns)) await Promise.race([probe.learn(target), Bun.sleep(learnPatienceMs)]);
    const known = await this.#options.attachments.known(target);
    if (known === undefined && conversation.isBound) throw new UnplacedThinking(LACKS_ATTACHMENTS);
    const waiting = spare.take(conversation);
    spare.want(conversation);
    const place = waiting?.place ?? (await folder.makePlace());
    const giveUp = async () => void (await Promise.all([waiting?.process.terminate(), place.remove()]));
    try {
      const encoding = encodeTranscript(turns, {
        ...{ names, version, environmentAt: conversation.environmentAt },
        modelId: withoutSize(modelId),
        cwd: this.#options.cwd,
        sessionId: crypto.randomUUID(),
        newUuid: () => crypto.randomUUID(),
        now: new Date(),
        attachments: known ?? [],
        lastUuid: waiting?.at,
      });
      const { pieces, uuids, resumeAt, environmentAt } = await inTurns(encoding);
      await place.fill(pieces);
      const resume = { path: place.path, at: resumeAt };
      return { resume, turns, uuids, names, environmentAt, place, process: waiting?.process, giveUp };
    } catch (error) {
      await giveUp();
      throw error;
    }
  }

  /** There is a conversation worth restoring: finds out, in a while, how live processes lay theirs out. */
  learnSoon({ path, version, modelId }: Pick<Conversation, "path" | "version" | "modelId">): void {
    const { learnDelayMs = LEARN_DELAY_MS } = this.#options;
    const key = JSON.stringify([path, version, modelId]);
    if (this.#learning.has(key)) return;
    const timer = setTimeout(() => {
      this.#learning.delete(key);
      void this.#options.attachments.learn({ path, version, model: modelId });
    }, learnDelayMs).unref();
    this.#learning.set(key, timer);
  }

  /** An answer has begun: there is time to start the next process. */
  answered(): void {
    this.#options.spare.start();
  }

  /** The login or the CLI may be another: no process that was started before is given a conversation. */
  reset(): void {
    this.#options.spare.discard();
  }

  /** Resolves when nothing is probed, no process waits and no conversation is on its way. */
  async close(): Promise<void> {
    for (const timer of this.#learning.values()) clearTimeout(timer);
    const { attachments, spare, folder } = this.#options;
    await Promise.all([attachments.close(), spare.close(), folder.close()]);
  }
}
