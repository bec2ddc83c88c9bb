import { ApiError } from "../../core/error.ts";
import type { CliProcess } from "../process/cli-process.ts";

const PULSE_MS = 30_000;
const PULSE_GRACE_MS = 15_000;

/**
 * Calls once when nothing was heard for a time, and `ask`, which is asked each time, fails, too; default: there is nobody to ask. One timer for
 * many words: set anew with each, it would cost more than reading the word.
 */
export class SilenceWatch {
  readonly #ms: number;
  readonly #onSilence: () => void;
  readonly #ask: () => Promise<void>;
  #heardAt = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  constructor(ms: number, onSilence: () => void, ask: () => Promise<void> = () => Promise.reject()) {
    this.#ms = ms;
    this.#onSilence = onSilence;
    this.#ask = ask;
    this.#lookIn(ms);
  }

  heard(): void {
    this.#heardAt = performance.now();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #lookIn(ms: number): void {
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#look(), ms);
  }

  async #look(): Promise<void> {
    const heardAt = this.#heardAt;
    const left = heardAt + this.#ms - performance.now();
    if (left > 0) return this.#lookIn(left);
    const lives = await this.#ask().then(
      () => true,
      () => this.#heardAt !== heardAt,
    );
    if (lives) this.#lookIn(this.#ms);
    else if (!this.#isStopped) this.#onSilence();
  }
}

/**
 * Gives a turn up whose model says nothing for too long, or whose process is stopped or stuck: a model may think for long, and its process
 * answers meanwhile.
 */
export function watchLife(
  process: Pick<CliProcess, "ping">,
  { silenceTimeoutMs, pulseMs = PULSE_MS }: { silenceTimeoutMs: number; pulseMs: number | undefined },
  giveUp: (error: ApiError) => void,
): Pick<SilenceWatch, "heard" | "stop"> {
  const silence = new SilenceWatch(silenceTimeoutMs, () => {
    const seconds = Math.round(silenceTimeoutMs / 1000);
    giveUp(new ApiError("request_timeout", `The model gave no sign of life for ${seconds} seconds.`));
  });
  const isStuck = "The Claude CLI is stopped or stuck: it gives no sign of life.";
  const ping = () => process.ping(PULSE_GRACE_MS);
  const pulse = new SilenceWatch(pulseMs, () => giveUp(new ApiError("cli_failed", isStuck)), ping);
  return {
    heard: () => {
      silence.heard();
      pulse.heard();
    },
    stop: () => {
      silence.stop();
      pulse.stop();
    },
  };
}
