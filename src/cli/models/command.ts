import { switchFlag } from "../../config/option.ts";
import type { Command } from "../command.ts";
import { CLIENT_OPTIONS, flagValue } from "../command-line/settings.ts";

const JSON_FLAG = switchFlag("json", "Print what GET /v1/models answers");

export const modelsCommand = {
  summary: "List the models that your account can use",
  about: [
    "Asks the server, if it runs, else the Claude CLI itself. Nothing of your plan is spent. Each name is followed by the model that answers for it.",
  ],
  options: [JSON_FLAG, ...CLIENT_OPTIONS],
  examples: [
    { line: "", does: "the names, and what answers for each" },
    { line: "--json", does: "for programs" },
  ],
  run: async (call) => (await import("./list-models.ts")).listModels(call, flagValue(JSON_FLAG, call)),
} satisfies Command;
