import { choice, onOff, wholeNumber } from "../../config/kinds.ts";
import { defineFlag } from "../../config/option.ts";
import { OPTIONS } from "../../config/options.ts";
import { type Command, UsageError } from "../command.ts";
import { flagValue, settingsOf } from "../command-line/settings.ts";
import { whereServerIs } from "../running-server/find-server.ts";

export const WATCH_FLAG = defineFlag({
  flag: "watch",
  kind: onOff(),
  default: false,
  description: "Show it again every two seconds, until Ctrl-C",
});

/** What decides which server is asked, and whose state is read where none runs. */
export const SERVER_OPTIONS = [
  OPTIONS.port,
  OPTIONS.host,
  OPTIONS.apiKey,
  OPTIONS.apiKeyFile,
  OPTIONS.config,
  OPTIONS.help,
];

const FLAGS = {
  days: defineFlag({
    flag: "days",
    kind: wholeNumber(1, 90),
    default: 7,
    placeholder: "NUMBER",
    description: "How many days, today being the first",
  }),
  by: defineFlag({
    flag: "by",
    kind: choice(["model", "client", "day"]),
    default: "model",
    placeholder: "WHAT",
    description: "What is told apart: model, client or day",
  }),
  watch: WATCH_FLAG,
  json: defineFlag({
    flag: "json",
    kind: onOff(),
    default: false,
    description: "Print what GET /v1/usage answers",
  }),
  csv: defineFlag({ flag: "csv", kind: onOff(), default: false, description: "Print it for a spreadsheet" }),
};

export const usageCommand = {
  summary: "Show what was used: requests and tokens by model, program or day",
  about: [
    "Asks the server, if it runs, else reads what it has written down. Nothing of your plan is spent. IN counts the whole prompt, CACHED the part of it that Anthropic's cache gave, FIRST is the median time to the first token, COST what it would have cost at list price by the CLI's own figures: your plan paid for it. A plus says that some of it is not known.",
  ],
  options: [...Object.values(FLAGS), ...SERVER_OPTIONS],
  examples: [
    { line: "", does: "the last seven days, by model" },
    { line: "--days 1 --by client", does: "today, by program or key" },
    { line: "--csv --by day --days 30", does: "a month, for a spreadsheet" },
  ],
  run: async (call) => {
    const chosen = [FLAGS.watch, FLAGS.json, FLAGS.csv].filter((flag) => flagValue(flag, call)).map(({ flag }) => flag);
    if (chosen.length > 1) throw new UsageError(`--${chosen[0]} and --${chosen[1]} do not go together.`);
    const { config } = settingsOf(call);
    const { showUsage } = await import("./show-usage.ts");
    return await showUsage({
      config: await whereServerIs(call, config),
      surroundings: call.surroundings,
      days: flagValue(FLAGS.days, call),
      by: flagValue(FLAGS.by, call),
      form: chosen[0] === "json" || chosen[0] === "csv" ? chosen[0] : "table",
      isWatching: flagValue(FLAGS.watch, call),
    });
  },
} satisfies Command;
