import { ConfigError } from "../config/config-error.ts";

/** A command line that cannot be understood; a hint at `--help` is a fitting end to its message. */
export class UsageError extends ConfigError {}
