/** What is looked at, in the order in which it is told. */
export const CHECKS = [
  "configuration",
  "cli",
  "login",
  "port",
  "plan",
  "service",
  "folders",
  "memory",
  "live",
] as const;
export type Check = (typeof CHECKS)[number];

export type Status = "ok" | "warning" | "problem" | "not_checked";

/** What was seen of one thing. Holds no secret, no e-mail address and no account's id. */
export type Told = {
  readonly status: Status;
  readonly message: string;
  /** The one command that mends it, where one does, for the shell of this platform (PowerShell on Windows). */
  readonly command?: string;
  /** The figures and names in the message, for programs. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
};

export type Finding = { readonly check: Check } & Told;

export const hasProblem = (findings: readonly Told[]) => findings.some(({ status }) => status === "problem");
