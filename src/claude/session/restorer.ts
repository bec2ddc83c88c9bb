import type { Turn } from "../../core/request.ts";
import { hasThinking } from "../../core/thinking.ts";
import { withoutSize } from "../models/model-name.ts";
import type { Probe } from "../probe/probe.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import { type Attachment, encodeTranscript } from "./encode-transcript.ts";
import type { TranscriptFile, TranscriptFolder } from "./transcript-file.ts";

export type RestorerOptions = {
  readonly folder: TranscriptFolder;
  /** What the CLI attaches to first questions. */
  readonly attachments: Probe<readonly Attachment[]>;
  /** Where the CLI runs. */
  readonly cwd: string;
  /** Starts of a second do not matter; those of requests do. */
  readonly learnDelayMs?: number;
};

export type Conversation = {
  /** Up to its last answer. */
  readonly turns: readonly Turn[];
  /** By which the API knows the functions. */
  readonly names: ToolNames;
  /** The model in full. */
  readonly modelId: string;
  /** The CLI that goes on with it. */
  readonly path: string;
  readonly version: string;
  /** Behind which turn the CLI told of its environment, where that is known. */
  readonly environmentAt?: number | undefined;
};

/** A conversation that a process can be started from. */
export type Restored = {
  /** What the arguments of the process say of it. */
  readonly resume: { readonly path: string; readonly at: string | undefined };
  readonly turns: readonly Turn[];
  /** For each turn the uuid by which the process knows it. */
  readonly uuids: readonly string[];
  readonly names: ToolNames;
  /** Behind which turn the model is told of the environment; undefined: it is yet to be. */
  readonly environmentAt?: number | undefined;
  readonly file: TranscriptFile;
};

const LEARN_DELAY_MS = 3_000;

/** So long a request waits for what is learnt once a day, usually in a second. */
const LEARN_PATIENCE_MS = 3_000;

/** Writes conversations down for processes to be started from, laid out as a live process has them. */
export class Restorer {
  readonly #options: RestorerOptions;
  readonly #learning = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(options: RestorerOptions) {
    this.#options = options;
  }

  /** Throws when the file cannot be written. */
  async write({ turns, names, modelId, path, version, environmentAt }: Conversation): Promise<Restored> {
    const { folder, attachments, cwd } = this.#options;
    const target = { path, version, model: modelId };
    // What was thought holds only behind exactly what a live process was told before it.
    if (hasThinking(turns)) await Promise.race([attachments.learn(target), Bun.sleep(LEARN_PATIENCE_MS)]);
    const encoded = encodeTranscript(turns, {
      names,
      modelId: withoutSize(modelId),
      cwd,
      version,
      sessionId: crypto.randomUUID(),
      newUuid: () => crypto.randomUUID(),
      now: new Date(),
      attachments: (await attachments.known(target)) ?? [],
      environmentAt,
    });
    const file = await folder.write(encoded.text);
    const { resumeAt: at, uuids } = encoded;
    return { resume: { path: file.path, at }, turns, uuids, names, environmentAt: encoded.environmentAt, file };
  }

  /** There is a conversation worth restoring: finds out, in a while, how live processes lay theirs out. */
  learnSoon({ path, version, modelId }: Omit<Conversation, "turns" | "names">): void {
    const { learnDelayMs = LEARN_DELAY_MS } = this.#options;
    const key = JSON.stringify([path, version, modelId]);
    if (this.#learning.has(key)) return;
    const timer = setTimeout(() => {
      this.#learning.delete(key);
      void this.#options.attachments.learn({ path, version, model: modelId });
    }, learnDelayMs);
    timer.unref();
    this.#learning.set(key, timer);
  }

  /** Removes what a server that crashed has left. */
  async sweep(): Promise<void> {
    await this.#options.folder.sweep();
  }

  /** Resolves when nothing is probed and no conversation is on disk. */
  async close(): Promise<void> {
    for (const timer of this.#learning.values()) clearTimeout(timer);
    await Promise.all([this.#options.attachments.close(), this.#options.folder.close()]);
  }
}
