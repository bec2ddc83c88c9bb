import type { Command } from "../command.ts";
import { ADDRESS_OPTIONS } from "../command-line/settings.ts";
import { CLIENT_TITLES } from "./client-names.ts";
import { CONNECT_FLAGS } from "./flags.ts";

export const connectCommand = {
  summary: "Show what to set in a client, or set it",
  about: [
    "What to paste goes to standard output, what to do with it to standard error. Without a client, the clients are listed; " +
      "for one that is not in the list, what every program wants is told.",
  ],
  options: [...Object.values(CONNECT_FLAGS), ...ADDRESS_OPTIONS],
  operands: {
    placeholder: "[CLIENT]",
    accepts: "a client",
    most: 1,
    choices: CLIENT_TITLES,
    takesOthers: true,
  },
  examples: [
    { line: "zed", does: "what to put into Zed's settings" },
    { line: "codex --write", does: "put it into Codex's configuration, which is shown first" },
    { line: "codex --undo", does: "take it out again" },
    { line: "curl | sh", does: "ask a question" },
  ],
  // What edits files is only loaded here: a server that starts does not wait for it.
  run: async (call) => (await import("./connect.ts")).connect(call),
} satisfies Command;
