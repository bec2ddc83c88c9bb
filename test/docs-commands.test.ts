import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CommandBlock, commandBlocks, documentsWithCommands } from "../scripts/walk/command-blocks.ts";
import { CURL_FAILS, runBlock, where } from "../scripts/walk/run-block.ts";
import { type Simulator, startSimulator } from "../src/simulator/simulator.ts";
import { builtBinary } from "./support/built-binary.ts";
import { TEST_TOKEN } from "./support/harness.ts";
import { loggedInClaude } from "./support/logged-in-claude.ts";
import { type Program, runProgram } from "./support/program.ts";

// Every command line in the documents for users is run as it is written, or says why it cannot be here.

const ROOT = join(import.meta.dir, "..");
const BLOCKS = documentsWithCommands(ROOT).flatMap((file) =>
  commandBlocks(file, readFileSync(join(ROOT, file), "utf8")),
);
const named = (blocks: readonly CommandBlock[]) => blocks.map((block) => ({ name: where(block), block }));

test("a shell that is not here is never run", () => {
  const powershell = BLOCKS.filter(({ language }) => language === "powershell");
  expect(powershell.filter(({ mark }) => mark.kind !== "not run").map(where)).toEqual([]);
});

test("no block has a comment: zsh, where somebody types, takes it for arguments", () => {
  expect(BLOCKS.filter(({ language, code }) => language === "sh" && /(^|\s)#/m.test(code)).map(where)).toEqual([]);
});

test("blocks that are run are in a shell's own words", () => {
  const odd = BLOCKS.filter(({ language, mark }) => mark.kind !== "not run" && language !== "sh");
  expect(odd.map(where)).toEqual([]);
});

describe("with a server that runs, as the documents have it", () => {
  let home: string;
  let simulator: Simulator;
  let server: Program;
  let env: Record<string, string>;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "claude-max-api-docs-"));
    simulator = startSimulator();
    const bin = join(home, "bin");
    mkdirSync(bin);
    writeFileSync(join(home, ".curlrc"), CURL_FAILS);
    const program = join(bin, "claude-max-api");
    symlinkSync(await builtBinary(), program);
    const claude = loggedInClaude(bin);
    server = runProgram(
      home,
      ["--port", "0", "--warm", "0", "--max-workers", "2"],
      { CLAUDE_MAX_API_ANTHROPIC_BASE_URL: simulator.url, CLAUDE_MAX_API_CLAUDE_PATH: claude },
      [program],
    );
    const { port } = new URL(await server.url);
    env = {
      PATH: [bin, dirname(process.execPath), process.env.PATH ?? ""].join(":"),
      HOME: home,
      CLAUDE_CODE_OAUTH_TOKEN: TEST_TOKEN,
      CLAUDE_MAX_API_PORT: port,
      CLAUDE_MAX_API_CLAUDE_PATH: claude,
      CLAUDE_MAX_API_ANTHROPIC_BASE_URL: simulator.url,
    };
  });

  afterAll(async () => {
    server.child.kill("SIGTERM");
    await server.child.exited;
    await simulator.close();
    rmSync(home, { recursive: true, force: true });
  });

  test.each(named(BLOCKS.filter(({ mark }) => mark.kind === "plain")))("$name works as written", async ({ block }) => {
    const output = await runBlock(block, { cwd: home, env, port: Number(env.CLAUDE_MAX_API_PORT) });
    expect(output.trim()).not.toBe("");
  });
});
