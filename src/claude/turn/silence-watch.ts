import { ApiError } from "../../core/error.ts";
import type { CliProcess } from "../process/cli-process.ts";

const PULSE_MS = 30_000;
const PULSE_GRACE_MS = 15_000;

/**
 * Calls once when nothing was heard for a time, and, where there is an `ask`, that fails, too: it is asked each time. One timer for many
 * words: set anew with each, it would cost more than reading the word.
 */
export class SilenceWatch {
  readonly #ms: number;
  readonly #onSilence: () => void;
  readonly #ask: (() => Promise<void>) | undefined;
  #heardAt = performance.now();
  #timer: ReturnType<typeof setTimeout>;
  #isStopped = false;

  constructor(ms: number, onSilence: () => void, ask?: () => Promise<void>) {
    this.#ms = ms;
    this.#onSilence = onSilence;
    this.#ask = ask;
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  heard(): void {
    this.#heardAt = performance.now();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #look(): void {
    const left = this.#heardAt + this.#ms - performance.now();
    if (left > 0) this.#timer = setTimeout(() => this.#look(), left);
    else if (this.#ask === undefined) this.#onSilence();
    else {
      const heardAt = this.#heardAt;
      this.#ask().then(
        () => this.#lookAgain(),
        () => (this.#heardAt === heardAt ? this.#giveUp() : this.#lookAgain()),
      );
    }
  }

  #lookAgain(): void {
    if (!this.#isStopped) this.#timer = setTimeout(() => this.#look(), this.#ms);
  }

  #giveUp(): void {
    if (!this.#isStopped) this.#onSilence();
  }
}

/**
 * Gives a turn up whose model says nothing for too long, or whose process is stopped or stuck: a model may think for long, and its process
 * answers meanwhile.
 */
export class LivenessWatch {
  readonly #silence: SilenceWatch;
  readonly #pulse: SilenceWatch;

  constructor(
    process: Pick<CliProcess, "ping">,
    { silenceTimeoutMs, pulseMs = PULSE_MS }: { silenceTimeoutMs: number; pulseMs: number | undefined },
    giveUp: (error: ApiError) => void,
  ) {
    this.#silence = new SilenceWatch(silenceTimeoutMs, () => {
      const seconds = Math.round(silenceTimeoutMs / 1000);
      giveUp(new ApiError("request_timeout", `The model gave no sign of life for ${seconds} seconds.`));
    });
    this.#pulse = new SilenceWatch(
      pulseMs,
      () => giveUp(new ApiError("cli_failed", "The Claude CLI is stopped or stuck: it gives no sign of life.")),
      () => process.ping(PULSE_GRACE_MS),
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
