import { onOff } from "../../config/kinds.ts";
import { defineFlag } from "../../config/option.ts";
import type { Command } from "../command.ts";
import { CLIENT_OPTIONS, flagValue, settingsOf } from "../command-line/settings.ts";
import { whereServerIs } from "../running-server/find-server.ts";

const JSON_FLAG = defineFlag({
  flag: "json",
  kind: onOff(),
  default: false,
  description: "Print what GET /v1/models answers",
});

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
  run: async (call) => {
    const { config } = settingsOf(call);
    const { listModels } = await import("./list-models.ts");
    return await listModels({
      config: await whereServerIs(call, config),
      surroundings: call.surroundings,
      asJson: flagValue(JSON_FLAG, call),
    });
  },
} satisfies Command;
