import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CommandBlock, commandBlocks, documentsWithCommands } from "../scripts/walk/command-blocks.ts";
import { CURL_FAILS, runBlock, where } from "../scripts/walk/run-block.ts";
import { builtBinary } from "./support/built-binary.ts";
import { type Harness, TEST_TOKEN } from "./support/harness.ts";
import { loggedInClaude } from "./support/logged-in-claude.ts";
import { shareHarness } from "./support/shared-harness.ts";

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
  let app: Harness;
  let bin: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    app = await shareHarness();
    bin = mkdtempSync(join(tmpdir(), "claude-max-api-docs-"));
    writeFileSync(join(app.home, ".curlrc"), CURL_FAILS);
    symlinkSync(await builtBinary(), join(bin, "claude-max-api"));
    env = {
      PATH: [bin, dirname(process.execPath), process.env.PATH ?? ""].join(":"),
      HOME: app.home,
      CLAUDE_CODE_OAUTH_TOKEN: TEST_TOKEN,
      CLAUDE_MAX_API_PORT: new URL(app.url).port,
      CLAUDE_MAX_API_CLAUDE_PATH: loggedInClaude(bin),
      CLAUDE_MAX_API_ANTHROPIC_BASE_URL: app.simulator.url,
    };
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    rmSync(bin, { recursive: true, force: true });
    rmSync(join(app.home, ".curlrc"));
  });

  test.each(named(BLOCKS.filter(({ mark }) => mark.kind === "plain")))("$name works as written", async ({ block }) => {
    const output = await runBlock(block, { cwd: app.home, env, port: Number(env.CLAUDE_MAX_API_PORT) });
    expect(output.trim()).not.toBe("");
  });
});
