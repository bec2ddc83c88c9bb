import type { ServiceDefinition } from "./definition.ts";
import type { Plan } from "./plan.ts";

/** What runs services on a platform. Everything but `check` and `state` is pure: plans and words. */
export type ServiceManager = {
  /** Such as `systemd user unit claude-max-api.service`. */
  readonly name: string;
  /** The file of ours that the service is made from. */
  readonly file: string;
  /** Throws when services of the user cannot be managed here, with what to do instead. */
  readonly check: () => Promise<void>;
  readonly state: () => Promise<ServiceState>;
  /** Replaces and restarts one that is there. `found` is what the file holds now. */
  readonly install: (definition: ServiceDefinition, found: string | undefined) => Plan;
  readonly uninstall: () => Plan;
  readonly start: () => Plan;
  readonly stop: () => Plan;
  readonly restart: () => Plan;
  /** A command that shows the last lines of the log, and new ones with `follow`. */
  readonly logs: (options: { readonly lines: number; readonly follow: boolean }) => readonly string[];
  /** Where the log is, to be told. */
  readonly logPlace: string;
  /** What to do when the command above fails. */
  readonly withoutLogs: string;
  /** When the service runs, in a sentence or two. */
  readonly runsWhen: (state: ServiceState) => string;
};

/** What the platform says of the service. */
export type ServiceState = {
  /** Whether it starts by itself. */
  readonly isEnabled: boolean;
  readonly isRunning: boolean;
  readonly pid?: number;
  /** In the platform's words, such as `failed (exit-code)`. */
  readonly detail: string;
  /** systemd: whether it runs without a session of the user; undefined where that cannot be known. */
  readonly lingers?: boolean;
};
