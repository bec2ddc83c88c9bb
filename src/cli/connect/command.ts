import { onOff, text } from "../../config/kinds.ts";
import { defineFlag } from "../../config/option.ts";
import { OPTIONS } from "../../config/options.ts";
import type { Command } from "../command.ts";
import { CLIENT_TITLES } from "./client-names.ts";

export const CONNECT_FLAGS = {
  model: defineFlag({
    flag: "model",
    kind: text({ accepts: "a model's name", isValid: (name) => /^\S+$/.test(name) }),
    default: undefined,
    placeholder: "NAME",
    description: "The model that the client begins with; claude-sonnet-4 when nothing is said",
  }),
  write: defineFlag({
    flag: "write",
    kind: onOff(),
    default: false,
    description: "Set it in the client's own file, after showing what changes: openclaw, opencode and codex",
  }),
  undo: defineFlag({
    flag: "undo",
    kind: onOff(),
    default: false,
    description: "Take back what --write set",
  }),
  dryRun: defineFlag({
    flag: "dry-run",
    kind: onOff(),
    default: false,
    description: "Only show what --write or --undo would change",
  }),
  yes: defineFlag({
    flag: "yes",
    short: "y",
    kind: onOff(),
    default: false,
    description: "Do not ask before writing; needed where nobody can be asked",
  }),
};

export const connectCommand = {
  summary: "Show what to set in a client, or set it",
  about: [
    "What to paste goes to standard output, what to do with it to standard error. Without a client, the clients are listed.",
  ],
  options: [
    ...Object.values(CONNECT_FLAGS),
    OPTIONS.port,
    OPTIONS.host,
    OPTIONS.apiKey,
    OPTIONS.apiKeyFile,
    OPTIONS.config,
  ],
  operands: { placeholder: "[CLIENT]", accepts: "a client", least: 0, most: 1, choices: CLIENT_TITLES },
  examples: [
    { line: "zed", does: "what to put into Zed's settings" },
    { line: "codex --write", does: "put it into Codex's configuration, which is shown first" },
    { line: "codex --undo", does: "take it out again" },
    { line: "curl | sh", does: "ask a question" },
  ],
  // What edits files is only loaded here: a server that starts does not wait for it.
  run: async (call) => (await import("./connect.ts")).connect(call),
} satisfies Command;
