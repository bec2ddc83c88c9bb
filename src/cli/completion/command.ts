import type { Command } from "../command.ts";
import { SHELLS } from "./shells.ts";

export const completionCommand = {
  summary: "Print a script that completes this program's words in your shell",
  about: [
    "The script asks this program, so that it need not be made anew after an update. Commands, options and the values of those that have a " +
      "list are completed; for the rest the shell offers files.",
  ],
  options: [],
  operands: {
    placeholder: "SHELL",
    accepts: "a shell",
    least: 1,
    most: 1,
    choices: Object.fromEntries(Object.entries(SHELLS).map(([name, { place }]) => [name, place])),
  },
  examples: [
    { line: "bash >> ~/.bashrc", does: "in bash, from the next terminal on" },
    { line: "fish > ~/.config/fish/completions/claude-max-api.fish", does: "in fish" },
  ],
  run: async ({ operands: [shell = ""], surroundings: { terminal } }) => {
    terminal.write(SHELLS[shell]?.script ?? "");
    return 0;
  },
} satisfies Command;
