import type { Command } from "../command.ts";
import { CLIENT_OPTIONS } from "../command-line/settings.ts";
import { CLIENT_TITLES, LAUNCHABLE } from "../connect/client-names.ts";
import { CONNECT_FLAGS } from "../connect/flags.ts";

export const launchCommand = {
  summary: "Start a program so that it asks the server",
  about: [
    "The program gets what it needs in its environment or its arguments; nothing is written to disk. Where no server runs, one is started for " +
      "it, on a free port and with a key of its own, and ends with it. What follows -- is for the program.",
  ],
  options: [CONNECT_FLAGS.model, ...CLIENT_OPTIONS],
  operands: {
    placeholder: "PROGRAM [-- ARGUMENT…]",
    accepts: "a program",
    least: 1,
    choices: Object.fromEntries(LAUNCHABLE.map((name) => [name, CLIENT_TITLES[name]])),
    takesOthers: true,
  },
  examples: [
    { line: "opencode", does: "opencode with the models of your subscription" },
    { line: "aider --model claude-opus-4", does: "another model to begin with" },
    { line: 'codex -- exec "What does this folder hold?"', does: "with arguments of Codex's own" },
  ],
  run: async (call) => (await import("./launch.ts")).launch(call),
} satisfies Command;
