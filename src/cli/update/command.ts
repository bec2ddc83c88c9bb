import { switchFlag } from "../../config/option.ts";
import type { Command } from "../command.ts";
import { flagValue } from "../command-line/settings.ts";

const CHECK_FLAG = switchFlag("check", "Say whether the latest release is another one, and change nothing");

const ROLLBACK_FLAG = switchFlag("rollback", "Go back to the program that the last update replaced");

export const updateCommand = {
  summary: "Replace this program by the latest release",
  about: [
    "Fetches this system's binary, checks it against the release's SHA256SUMS, starts it once, and only then puts it into place. The " +
      "replaced program is kept beside it for --rollback. Nothing is updated unless you call this.",
    "A program that a package manager has installed is left to that one: the command is named.",
  ],
  options: [CHECK_FLAG, ROLLBACK_FLAG],
  examples: [
    { line: "", does: "to the latest release" },
    { line: "--check", does: "only look" },
    { line: "--rollback", does: "back to the one before" },
  ],
  run: async (call) => {
    const { rollBack, update } = await import("./update.ts");
    if (flagValue(ROLLBACK_FLAG, call)) return rollBack(call.surroundings);
    return update(call.surroundings, { onlyLooks: flagValue(CHECK_FLAG, call) });
  },
} satisfies Command;
