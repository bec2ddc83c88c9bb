import { ConfigError } from "../../config/config-error.ts";

/** A command line that cannot be understood; a hint at `--help` is a fitting end to its message. */
export class UsageError extends ConfigError {
  /** The words of the command that was meant, whose help would help. */
  readonly path: readonly string[];

  constructor(message: string, path: readonly string[] = []) {
    super(message);
    this.path = path;
  }
}
