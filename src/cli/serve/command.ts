import { ALL_OPTIONS, OPTIONS } from "../../config/options.ts";
import type { Command } from "../command.ts";
import { settingsOf } from "../command-line/settings.ts";
import { serve } from "./serve.ts";

export const serveCommand = {
  summary: "Start the server (the default)",
  options: ALL_OPTIONS,
  // The package of the same name took its port like this: existing scripts and services go on working.
  bareNumber: OPTIONS.port,
  examples: [
    { line: "", does: "listen on http://localhost:3456" },
    { line: "--port 8080", does: "listen on another port" },
    { line: "--demo", does: "try it without a login: every answer is simulated" },
    { line: "--model-alias gpt-4o=claude-sonnet-4", does: "for a program that insists on its own model names" },
  ],
  run: async (call) => {
    await serve({ ...settingsOf(call), surroundings: call.surroundings });
    return 0;
  },
} satisfies Command;
