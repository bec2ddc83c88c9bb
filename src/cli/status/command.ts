import type { Command } from "../command.ts";
import { ADDRESS_OPTIONS, flagValue } from "../command-line/settings.ts";
import { WATCH_FLAG } from "../usage/command.ts";

export const statusCommand = {
  summary: "Show what the server does: its state, processes, what runs, and today's use",
  about: ["The exit code is 1 where no server runs, or the one that runs cannot answer."],
  options: [WATCH_FLAG, ...ADDRESS_OPTIONS],
  examples: [
    { line: "", does: "the state now" },
    { line: "--watch", does: "the same, again and again" },
  ],
  run: async (call) => (await import("./show-status.ts")).showStatus(call, flagValue(WATCH_FLAG, call)),
} satisfies Command;
