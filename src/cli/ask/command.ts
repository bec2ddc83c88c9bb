import { filled, PATH, text, wholeTexts } from "../../config/kinds.ts";
import { defineFlag, switchFlag } from "../../config/option.ts";
import { expandHome } from "../../config/paths.ts";
import type { Command } from "../command.ts";
import { CLIENT_OPTIONS, flagValue } from "../command-line/settings.ts";

const FLAGS = {
  model: defineFlag({
    flag: "model",
    short: "m",
    kind: text(filled("a model's name, as `claude-max-api models` lists them")),
    default: undefined,
    placeholder: "NAME",
    description: "The model to ask; when nothing is said, that of --default-model",
  }),
  system: defineFlag({
    flag: "system",
    short: "s",
    kind: text(filled("a text")),
    default: undefined,
    placeholder: "TEXT",
    description: "System prompt",
  }),
  file: defineFlag({
    flag: "file",
    short: "f",
    kind: wholeTexts(PATH),
    default: [],
    description: "An image (PNG, JPEG, GIF, WebP), a PDF or a text to send with the question",
  }),
  effort: defineFlag({
    flag: "effort",
    kind: text(filled("a level")),
    default: undefined,
    placeholder: "LEVEL",
    description: "How much the model thinks: none, minimal, low, medium, high, xhigh or max",
  }),
  search: switchFlag(
    "search",
    "Let the model search the web; the pages that its answer rests on are shown on standard error",
  ),
  thinking: switchFlag("thinking", "Show what the model thinks, on standard error"),
  json: switchFlag("json", "Print the whole completion as JSON once it is there, as POST /v1/chat/completions answers"),
};

export const askCommand = {
  summary: "Ask a question, and print the answer as it comes",
  about: [
    "The question may come from standard input, too: what is piped in follows the words of the command line. Asks the server, if it runs, " +
      "else the Claude CLI itself. Nothing but the answer goes to standard output.",
  ],
  options: [...Object.values(FLAGS), ...CLIENT_OPTIONS],
  operands: {
    placeholder: "[QUESTION…]",
    accepts: "a question",
  },
  examples: [
    { line: '"What is the capital of France?"', does: "a question" },
    { line: '"What does this do?" < main.ts', does: "about a file; with - the rest is typed, up to Ctrl-D" },
    { line: '--model claude-haiku-4 --file photo.png "What is this?"', does: "about an image, asked of another model" },
    { line: '--search "What is new in Bun?"', does: "with a look at the web" },
    { line: '--json "Hello" | jq .usage', does: "for programs" },
  ],
  run: async (call) => {
    const question = {
      model: flagValue(FLAGS.model, call),
      system: flagValue(FLAGS.system, call),
      files: flagValue(FLAGS.file, call).map((path) => expandHome(path, call.surroundings)),
      effort: flagValue(FLAGS.effort, call),
      search: flagValue(FLAGS.search, call),
      words: call.operands,
    };
    const { ask } = await import("./ask.ts");
    return await ask(call, question, {
      showThinking: flagValue(FLAGS.thinking, call),
      asJson: flagValue(FLAGS.json, call),
    });
  },
} satisfies Command;
