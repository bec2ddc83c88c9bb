import { PATH, text, wholeNumber } from "../../config/kinds.ts";
import { type AnyOption, defineFlag, switchFlag } from "../../config/option.ts";
import { ALL_OPTIONS, OPTIONS } from "../../config/options.ts";

export const DRY_RUN = switchFlag("dry-run", "Show what would be written and run, and do nothing");

export const LINES = defineFlag({
  flag: "lines",
  short: "n",
  kind: wholeNumber(1, 100_000),
  default: 50,
  placeholder: "NUMBER",
  description: "How many of the last lines to show",
});

export const FOLLOW = switchFlag("follow", "Go on with new lines as they are written", "f");

export const JSON_OUTPUT = switchFlag("json", "Print it as one JSON object");

export const LOG_FILE = defineFlag({
  flag: "log-file",
  kind: text(PATH),
  default: undefined,
  placeholder: "FILE",
  description: "Where the output goes; a file of 10 MB is put aside as FILE.1",
});

/** Taken only to be refused with a reason. */
export const REFUSED_API_KEY = defineFlag({
  flag: OPTIONS.apiKey.flag,
  kind: OPTIONS.apiKey.kind,
  default: undefined,
  placeholder: OPTIONS.apiKey.placeholder,
  description: `Not taken here, where others could read it: use --${OPTIONS.apiKeyFile.flag}, or the configuration file`,
});

const NOT_FOR_A_SERVICE: readonly AnyOption[] = [OPTIONS.version, OPTIONS.help, OPTIONS.apiKey];

/** The server's own options, as far as they can stand in the service's command line. */
export const SERVER_OPTIONS: readonly AnyOption[] = ALL_OPTIONS.filter((option) => !NOT_FOR_A_SERVICE.includes(option));
