import type { Command } from "../command.ts";
import { flagValue, settingsOf } from "../command-line/settings.ts";
import { whereServerIs } from "../running-server/find-server.ts";
import { SERVER_OPTIONS, WATCH_FLAG } from "../usage/command.ts";

export const statusCommand = {
  summary: "Show what the server does: its state, processes, what runs, and today's use",
  about: ["The exit code is 1 where no server runs, or the one that runs cannot answer."],
  options: [WATCH_FLAG, ...SERVER_OPTIONS],
  examples: [
    { line: "", does: "the state now" },
    { line: "--watch", does: "the same, again and again" },
  ],
  run: async (call) => {
    const { config } = settingsOf(call);
    const { showStatus } = await import("./show-status.ts");
    return await showStatus({
      config: await whereServerIs(call, config),
      surroundings: call.surroundings,
      isWatching: flagValue(WATCH_FLAG, call),
    });
  },
} satisfies Command;
