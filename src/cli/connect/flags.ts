import { onOff, text } from "../../config/kinds.ts";
import { defineFlag } from "../../config/option.ts";

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
