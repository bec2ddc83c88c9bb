import { ApiError } from "../../core/error.ts";
import type { CliProcess } from "../process/cli-process.ts";

const PULSE_MS = 30_000;
const PULSE_GRACE_MS = 15_000;

/**
 * Calls once when nothing was heard for a time. One timer for many words: set anew with each, it would cost more than reading the
 * word.
 */
export class SilenceWatch {
  readonly #ms: number;
  readonly #onSilence: () => void;
  #heardAt = performance.now();
  #timer: ReturnType<typeof setTimeout>;

  constructor(ms: number, onSilence: () => void) {
    this.#ms = ms;
    this.#onSilence = onSilence;
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  heard(): void {
    this.#heardAt = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const left = this.#heardAt + this.#ms - performance.now();
    if (left > 0) this.#timer = setTimeout(() => this.#look(), left);
    else this.#onSilence();
  }
}

/**
 * Asks a process that says nothing for a while for a sign of life, again and again, and tells once when it gives none: a model may think for
 * long, and its process answers meanwhile; one that is stopped or stuck does not.
 */
export class Pulse {
  readonly #ms: number;
  readonly #ask: () => Promise<void>;
  readonly #onDead: () => void;
  #watch: SilenceWatch;
  #heard = 0;
  #isStopped = false;

  constructor(ms: number, ask: () => Promise<void>, onDead: () => void) {
    this.#ms = ms;
    this.#ask = ask;
    this.#onDead = onDead;
    this.#watch = this.#wait();
  }

  heard(): void {
    this.#heard++;
    this.#watch.heard();
  }

  stop(): void {
    this.#isStopped = true;
    this.#watch.stop();
  }

  #wait(): SilenceWatch {
    return new SilenceWatch(this.#ms, () => void this.#feel());
  }

  async #feel(): Promise<void> {
    const before = this.#heard;
    const lives = await this.#ask().then(
      () => true,
      () => false,
    );
    if (this.#isStopped) return;
    if (lives || this.#heard > before) this.#watch = this.#wait();
    else this.#onDead();
  }
}

/** Gives a turn up whose model says nothing for too long, or whose process is stopped or stuck. */
export class LifeWatch {
  readonly #silence: SilenceWatch;
  readonly #pulse: Pulse;

  constructor(
    process: Pick<CliProcess, "showLife">,
    { silenceTimeoutMs, pulseMs = PULSE_MS }: { silenceTimeoutMs: number; pulseMs: number | undefined },
    giveUp: (error: ApiError) => void,
  ) {
    this.#silence = new SilenceWatch(silenceTimeoutMs, () => {
      const seconds = Math.round(silenceTimeoutMs / 1000);
      giveUp(new ApiError("request_timeout", `The model gave no sign of life for ${seconds} seconds.`));
    });
    this.#pulse = new Pulse(
      pulseMs,
      () => process.showLife(PULSE_GRACE_MS),
      () => giveUp(new ApiError("cli_failed", "The Claude CLI is stopped or stuck: it gives no sign of life.")),
    );
  }

  heard(): void {
    this.#silence.heard();
    this.#pulse.heard();
  }

  stop(): void {
    this.#silence.stop();
    this.#pulse.stop();
  }
}
