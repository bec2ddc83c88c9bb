import { commandText } from "../../claude/cli/shell-commands.ts";

/** What a command is going to do to the system, one thing after the other: shown as it is by `--dry-run`, and done by `execute`. */
export type Plan = readonly Step[];

export type Step =
  | { readonly kind: "folder"; readonly path: string }
  | {
      readonly kind: "write";
      readonly path: string;
      readonly content: string;
      readonly mode: number;
      /** UTF-8 where it is absent. */
      readonly encoding?: "utf-16le";
    }
  | { readonly kind: "move"; readonly from: string; readonly to: string; readonly why: string }
  /** A file, or a folder of ours with all that is in it. */
  | { readonly kind: "remove"; readonly path: string }
  | {
      readonly kind: "run";
      readonly argv: readonly string[];
      /** It is fine when this fails, such as stopping what does not run. */
      readonly mayFail?: true;
    }
  /** Until the command fails, which says that something is gone. */
  | { readonly kind: "await-failure"; readonly argv: readonly string[]; readonly until: string };

/** The step in one line, without the content of files; a command as the shell of the platform takes it. */
export function describeStep(step: Step, platform: NodeJS.Platform): string {
  switch (step.kind) {
    case "folder":
      return `create  ${step.path}`;
    case "write":
      // Windows has no such modes.
      return `write   ${step.path}${platform === "win32" ? "" : ` (mode ${step.mode.toString(8).padStart(4, "0")})`}`;
    case "move":
      return `move    ${step.from} to ${step.to} (${step.why})`;
    case "remove":
      return `remove  ${step.path}`;
    case "run":
      return `run     ${commandText(step.argv, platform)}`;
    case "await-failure":
      return `wait    until ${step.until}`;
  }
}
