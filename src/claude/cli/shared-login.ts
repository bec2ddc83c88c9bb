import { ApiError, reasonOf } from "../../core/error.ts";
import type { InteractiveLogin, LoginStep } from "../../core/login.ts";
import { type LoginSession, readCode } from "./login.ts";

export type SharedLoginOptions = {
  /** Whether a login would mend what is wrong. */
  readonly isWanted: () => boolean;
  /** Starts a CLI for it. Throws where there is none. */
  readonly open: () => Pick<LoginSession, "begin" | "completed" | "submit" | typeof Symbol.asyncDispose>;
  /** The CLI's own command for where it cannot be asked. */
  readonly command: () => string;
  /** Has what depends on the login look at it anew. */
  readonly onLoggedIn: () => Promise<void>;
};

type Session = ReturnType<SharedLoginOptions["open"]>;

/** A login that everybody who may ask the server begins, follows and ends together. It is begun only where one is wanted: none replaces another. */
export class SharedLogin implements InteractiveLogin {
  readonly #options: SharedLoginOptions;
  #running: { readonly session: Session; step: LoginStep } | undefined;
  #failure: string | undefined;

  constructor(options: SharedLoginOptions) {
    this.#options = options;
  }

  step(): LoginStep | undefined {
    const isWanted = this.#options.isWanted();
    // Somebody has logged in elsewhere meanwhile.
    if (!isWanted && this.#running?.step.type === "open") void this.cancel();
    if (!isWanted) this.#failure = undefined;
    return this.#running?.step ?? (isWanted ? { type: "offered", failure: this.#failure } : undefined);
  }

  async begin(): Promise<void> {
    if (this.#running) return;
    if (!this.#options.isWanted()) {
      throw new ApiError(
        "invalid_request",
        "There is nothing to log in for: the Claude CLI has a login that is taken.",
      );
    }
    const session = this.#options.open();
    this.#failure = undefined;
    this.#running = { session, step: { type: "beginning" } };
    const addresses = await session.begin();
    if (addresses === undefined) {
      const command = this.#options.command();
      return this.#end(session, `this Claude CLI does not let another program begin its login. Run \`${command}\``);
    }
    this.#go(session, { type: "open", ...addresses });
    void session.completed().then(
      () => this.#finish(session),
      (reason) => this.#end(session, reasonOf(reason)),
    );
  }

  async submit(pasted: string): Promise<void> {
    const { session, step } = this.#running ?? {};
    if (session === undefined || step?.type !== "open") {
      throw new ApiError("invalid_request", "No login waits for a code: begin one first.");
    }
    const code = readCode(pasted, step.manualUrl);
    if (code === undefined) return this.#go(session, { ...step, failure: "what was pasted is no code" });
    this.#go(session, { type: "finishing" });
    await session.submit(code).catch((reason) => this.#end(session, reasonOf(reason)));
  }

  async cancel(): Promise<void> {
    if (this.#running) await this.#end(this.#running.session);
  }

  async #finish(session: Session): Promise<void> {
    if (this.#running?.session !== session) return;
    this.#go(session, { type: "finishing" });
    await this.#options.onLoggedIn();
    await this.#end(session, this.#options.isWanted() ? "the CLI is not logged in afterwards" : undefined);
  }

  /** One that was given up goes nowhere. */
  #go(session: Session, step: LoginStep): void {
    if (this.#running?.session === session) this.#running.step = step;
  }

  async #end(session: Session, failure?: string): Promise<void> {
    if (this.#running?.session !== session) return;
    this.#running = undefined;
    this.#failure = failure;
    await session[Symbol.asyncDispose]();
  }
}
