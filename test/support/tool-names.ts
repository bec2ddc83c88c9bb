import { ToolNames } from "../../src/claude/tools/tool-names.ts";

/** Of tools of which nothing matters but their names. */
export const toolNames = (names: readonly string[]) => new ToolNames(names.map((name) => ({ name })));
