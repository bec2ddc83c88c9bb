import { ConfigError, messageOf } from "../config/errors.ts";
import { PROGRAM, type Surroundings, UsageError } from "./command.ts";
import { renderHelp } from "./command-line/help.ts";
import { parseCommandLine } from "./command-line/parse-command-line.ts";

/** Runs a command line, and tells the exit code: 0 fine, 1 failed, 2 not understood. Whatever failed is said on standard error. */
export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { version, terminal } = surroundings;
  try {
    const commandLine = parseCommandLine(argv);
    switch (commandLine.kind) {
      case "help":
        terminal.write(renderHelp(commandLine.path, terminal.style));
        return 0;
      case "version":
        terminal.write(`${version}\n`);
        return 0;
      case "completions": {
        const { complete } = await import("./completion/complete.ts");
        const found = complete(commandLine.before, commandLine.current);
        terminal.write(found.map(({ word, description }) => `${word}\t${description}\n`).join(""));
        return 0;
      }
      case "run":
        return await commandLine.run({ ...commandLine, surroundings });
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    terminal.writeError(`${terminal.errorStyle.red(`${PROGRAM}:`)} ${messageOf(error)}\n`);
    if (error instanceof UsageError) {
      terminal.writeError(`Run ${[PROGRAM, ...error.path].join(" ")} --help for all options.\n`);
    }
    return error instanceof ConfigError ? 2 : 1;
  }
}
