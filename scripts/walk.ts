// Walks through the documents for users as somebody with a clean machine does: `bun run walk`. Clones the repository (what is
// committed) into an empty folder, and runs every command of the README and of docs/ as written, with nothing but Node.js, npm and
// an empty home directory. Answers come from the simulated Anthropic API. Needs port 3456 and the registry of packages.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator } from "../src/simulator/simulator.ts";
import { type CommandBlock, commandBlocks, documentsWithCommands } from "./walk/command-blocks.ts";
import { CURL_FAILS, type Place, type RunningServer, runBlock, runServerBlock, where } from "./walk/run-block.ts";

const ROOT = join(import.meta.dir, "..");
const scratch = mkdtempSync(join(tmpdir(), "claude-max-api-walk-"));
const simulator = startSimulator();
const counts = { run: 0, failed: 0, "not run": 0 };

try {
  const clone = join(scratch, "claude-max-api");
  await Bun.$`git clone --quiet ${ROOT} ${clone}`;
  const place = await prepare(clone);
  for (const file of documentsWithCommands(clone)) {
    await walk(commandBlocks(file, readFileSync(join(clone, file), "utf8")), place);
  }
} finally {
  await simulator.close();
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`\n${counts.run} run, ${counts.failed} failed, ${counts["not run"]} that cannot be run here`);
process.exit(counts.failed === 0 ? 0 : 1);

/**
 * A machine on which only Node.js, npm and the CLI were installed, and where the user is logged in. The program is where the installer of
 * a release puts it: there is no release to fetch from.
 */
async function prepare(clone: string): Promise<Place> {
  const bin = join(scratch, "bin");
  const home = join(scratch, "home");
  const installed = join(home, ".local/bin");
  for (const folder of [bin, home]) mkdirSync(folder);
  writeFileSync(join(home, ".curlrc"), CURL_FAILS);
  await Bun.$`${process.execPath} ${join(import.meta.dir, "build.ts")} --outfile=${join(installed, "claude-max-api")}`.quiet();
  for (const tool of ["node", "npm", "npx"]) symlinkSync(Bun.which(tool) ?? tool, join(bin, tool));
  symlinkSync(join(ROOT, "node_modules/.bin/claude"), join(bin, "claude"));
  return {
    cwd: clone,
    env: {
      PATH: [bin, installed, "/usr/bin", "/bin"].join(":"),
      HOME: home,
      CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-simulated",
      CLAUDE_MAX_API_ANTHROPIC_BASE_URL: simulator.url,
    },
  };
}

async function walk(blocks: readonly CommandBlock[], place: Place): Promise<void> {
  let server: RunningServer | undefined;
  try {
    for (const block of blocks) {
      if (block.mark.kind === "not run") {
        counts["not run"]++;
        console.log(`not run  ${where(block)}: ${block.mark.reason}`);
        continue;
      }
      try {
        if (block.mark.kind.endsWith("server")) {
          await server?.[Symbol.asyncDispose]();
          server = await runServerBlock(block, place);
        } else {
          // A document that starts none takes it for running.
          server ??= await runServerBlock({ ...block, code: "claude-max-api", mark: { kind: "server" } }, place).catch(
            () => undefined,
          );
          await runBlock(block, place);
        }
        counts.run++;
        console.log(`ok       ${where(block)}: ${firstLine(block)}`);
      } catch (error) {
        counts.failed++;
        console.log(`FAILED   ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await server?.[Symbol.asyncDispose]();
  }
}

function firstLine({ code }: CommandBlock): string {
  return code.split("\n")[0] ?? "";
}
