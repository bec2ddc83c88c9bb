import { switchFlag } from "../../config/option.ts";
import { ALL_OPTIONS, OPTIONS } from "../../config/options.ts";
import type { Command } from "../command.ts";
import { flagValue } from "../command-line/settings.ts";

const LIVE = switchFlag("live", "Ask Claude one short question, too, which spends a little of your plan");

const JSON_FLAG = switchFlag("json", "Print the findings as JSON");

export const doctorCommand = {
  summary: "Look for what keeps the server from working, and tell how to mend it",
  about: [
    "Looks at the settings, the Claude CLI and its login, the port, the plan, the service, folders and memory. Below each finding that is not well " +
      "stands the one command that mends it. Give it the options that you start the server with. Ends with 1 when there is a problem, " +
      "with 0 when there are only warnings.",
  ],
  options: [LIVE, JSON_FLAG, ...ALL_OPTIONS.filter((option) => option !== OPTIONS.version)],
  examples: [
    { line: "", does: "all but a question to Claude" },
    { line: "--live", does: "that, too: how fast the first token comes" },
    { line: "--port 8080 --json", does: "of a server with other settings, for programs" },
  ],
  run: async (call) => (await import("./doctor.ts")).doctor(call, flagValue(LIVE, call), flagValue(JSON_FLAG, call)),
} satisfies Command;
