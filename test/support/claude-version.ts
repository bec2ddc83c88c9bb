import { parseVersion } from "../../src/claude/cli/version.ts";
import { CLAUDE } from "./harness.ts";

/** Of the CLI that the tests run with. */
export async function claudeVersion(): Promise<string> {
  const output = await new Response(Bun.spawn([CLAUDE, "--version"], { stdin: "ignore" }).stdout).text();
  return parseVersion(output) ?? output;
}
