import { choice, wholeNumber } from "../../config/kinds.ts";
import { defineFlag, switchFlag } from "../../config/option.ts";
import { type Command, UsageError } from "../command.ts";
import { ADDRESS_OPTIONS, flagValue } from "../command-line/settings.ts";

export const WATCH_FLAG = switchFlag("watch", "Show it again every two seconds, until Ctrl-C");

const FLAGS = {
  days: defineFlag({
    flag: "days",
    kind: wholeNumber(1, 90),
    default: 7,
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
  json: switchFlag("json", "Print what GET /v1/usage answers"),
  csv: switchFlag("csv", "Print it for a spreadsheet"),
};

export const usageCommand = {
  summary: "Show what was used: requests and tokens by model, program or day",
  about: [
    "Asks the server, if it runs, else reads what it has written down. Nothing of your plan is spent. IN counts the whole prompt, CACHED the part of it that Anthropic's cache gave, FIRST is the median time to the first token, COST what it would have cost at list price by the CLI's own figures: your plan paid for it. A plus says that some of it is not known.",
  ],
  options: [...Object.values(FLAGS), ...ADDRESS_OPTIONS],
  examples: [
    { line: "", does: "the last seven days, by model" },
    { line: "--days 1 --by client", does: "today, by program or key" },
    { line: "--csv --by day --days 30", does: "a month, for a spreadsheet" },
  ],
  run: async (call) => {
    const chosen = [FLAGS.watch, FLAGS.json, FLAGS.csv].filter((flag) => flagValue(flag, call)).map(({ flag }) => flag);
    if (chosen.length > 1) throw new UsageError(`--${chosen[0]} and --${chosen[1]} do not go together.`);
    const { showUsage } = await import("./show-usage.ts");
    return await showUsage(call, {
      days: flagValue(FLAGS.days, call),
      by: flagValue(FLAGS.by, call),
      form: chosen[0] === "json" || chosen[0] === "csv" ? chosen[0] : "table",
      isWatching: flagValue(FLAGS.watch, call),
    });
  },
} satisfies Command;
