import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import packageJson from "../package.json" with { type: "json" };
import { parseCommandLine } from "./cli/command-line.ts";
import { serve } from "./cli/serve.ts";
import { UsageError } from "./cli/usage-error.ts";
import { ConfigError } from "./config/config-error.ts";
import { loadConfig } from "./config/load.ts";

const { version } = packageJson;

/** Runs the command line and tells the exit code: 0 fine, 1 failed, 2 not understood. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const commandLine = parseCommandLine(argv);
    if (commandLine.command === "help") {
      process.stdout.write(commandLine.text);
      return 0;
    }
    if (commandLine.command === "version") {
      print(version);
      return 0;
    }
    const place = { env: process.env, home: homedir(), platform: process.platform };
    const { config, warnings } = loadConfig({
      ...place,
      flags: commandLine.flags,
      readFile: (path) => readFileSync(path, "utf8"),
    });
    await serve({ config, warnings, version, print, ...place });
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    process.stderr.write(`claude-max-api: ${error.message}\n`);
    if (error instanceof UsageError) process.stderr.write("Run claude-max-api --help for all options.\n");
    return error instanceof ConfigError ? 2 : 1;
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

// Nobody may be reading any more: a pipe that closed, a terminal that is gone. The server goes on.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

void main(process.argv.slice(2)).then((code) => process.exit(code));
