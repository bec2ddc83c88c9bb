import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { version } from "../package.json" with { type: "json" };
import { PROGRAM } from "./cli/command.ts";
import { runCommandLine } from "./cli/run.ts";
import { processSystem } from "./cli/system.ts";
import { OutputError, outputTaken, processTerminal } from "./cli/terminal/terminal.ts";

/** In the compiled binary the main file has a path that only the binary itself knows: `/$bunfs/root/…`, or `B:\~BUN\root\…`. */
function executable(): string[] {
  return /[$~]bun/i.test(Bun.main) ? [process.execPath] : [process.execPath, Bun.main];
}

const terminal = processTerminal(process.env);

void runCommandLine(process.argv.slice(2), {
  env: process.env,
  home: homedir(),
  platform: process.platform,
  version,
  terminal,
  readFile: (path) => readFileSync(path, "utf8"),
  executable: executable(),
  system: processSystem(),
}).then(async (code) => {
  await outputTaken(terminal);
  const { reason } = terminal.abandoned;
  if (!(reason instanceof OutputError)) process.exit(code);
  terminal.writeError(`${terminal.errorStyle.red(`${PROGRAM}:`)} ${reason.message}\n`);
  process.exit(code === 0 ? 1 : code);
});
