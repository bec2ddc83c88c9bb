import { text } from "../../config/kinds.ts";
import { defineFlag, switchFlag } from "../../config/option.ts";

export const CONNECT_FLAGS = {
  model: defineFlag({
    flag: "model",
    kind: text({ accepts: "a model's name", isValid: (name) => /^\S+$/.test(name) }),
    default: undefined,
    placeholder: "NAME",
    description: "The model that the client begins with; claude-sonnet-4 when nothing is said",
  }),
  write: switchFlag(
    "write",
    "Set it in the client's own file, after showing what changes: openclaw, opencode and codex",
  ),
  undo: switchFlag("undo", "Take back what --write set"),
  dryRun: switchFlag("dry-run", "Only show what --write or --undo would change"),
  yes: switchFlag("yes", "Do not ask before writing; needed where nobody can be asked", "y"),
};
