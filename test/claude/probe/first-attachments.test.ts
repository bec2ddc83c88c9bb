import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cliEnvironment } from "../../../src/claude/cli/invocation.ts";
import { attachmentsIn, firstAttachments } from "../../../src/claude/probe/first-attachments.ts";
import {
  CannedApi,
  DUMMY_TOKEN,
  inSandbox,
  type SandboxOptions,
  sandboxEnvironment,
  sweepSandboxes,
} from "../../../src/claude/probe/sandbox.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { CLAUDE } from "../../support/harness.ts";
import { canSeeProcesses, processesOf } from "../../support/processes.ts";
import { makeScripts } from "../../support/scripts.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "rehearsal-test-"));
  mkdirSync(join(home, "empty"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const SECRETS = {
  CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-secret",
  ANTHROPIC_API_KEY: "sk-ant-api03-secret",
  ANTHROPIC_AUTH_TOKEN: "secret",
};
const rehearsal = (fields: Partial<SandboxOptions> = {}): SandboxOptions => ({
  path: CLAUDE,
  model: "claude-sonnet-5-5",
  cwd: join(home, "empty"),
  env: cliEnvironment({ PATH: process.env.PATH, HOME: home, ...SECRETS }, { allowApiKey: true }),
  address: undefined,
  logger: new Logger("silent"),
  timeoutMs: 100_000,
  signal: new AbortController().signal,
  scratch: home,
  ...fields,
});
const rehearse = (options: SandboxOptions) => inSandbox(options, firstAttachments.run);
const leftovers = () => readdirSync(home).filter((name) => name.startsWith("claude-max-api-sandbox-"));

// With the real CLI: test/e2e/resume.test.ts.
describe("a rehearsal", () => {
  test("that is given up while its folder is prepared starts no process", async () => {
    const giveUp = new AbortController();
    spyOn(giveUp.signal, "throwIfAborted").mockImplementationOnce(() => queueMicrotask(() => giveUp.abort()));
    const played = inSandbox(rehearsal({ address: "a@example.com", signal: giveUp.signal }), async () => "played");
    expect(await played.catch((error) => error.name)).toBe("AbortError");
    expect(leftovers()).toEqual([]);
  });
});

describe("a rehearsal that does not work", () => {
  test.each([
    ["exits", "exit 3", "The Claude CLI exited with code 3"],
    ["never answers", "exec cat > /dev/null", "initialize"],
  ])("fails in time when the CLI %s, and leaves no process or file", async (_, shell, reason) => {
    using scripts = makeScripts();
    const failing = rehearse(rehearsal({ path: scripts.write("claude", shell), timeoutMs: 200 }));
    await expect(failing).rejects.toThrow(reason);
    expect(leftovers()).toEqual([]);
    if (canSeeProcesses) expect(processesOf(home)).toEqual([]);
  });
});

test("what a killed server has left of one is removed, but nothing that may be in use, or of others", async () => {
  const names = ["claude-max-api-sandbox-old", "claude-max-api-sandbox-new", "other"];
  for (const name of names) mkdirSync(join(home, name));
  for (const name of ["claude-max-api-sandbox-old", "other"]) utimesSync(join(home, name), 0, 0);
  await sweepSandboxes(home);
  expect(readdirSync(home).sort()).toEqual(["claude-max-api-sandbox-new", "empty", "other"]);
  await sweepSandboxes(join(home, "nowhere"));
});

test("its environment is the real one, but for credentials, proxies and where the CLI keeps its files and asks", () => {
  const env = {
    PATH: "/bin",
    HOME: "/home/me",
    TZ: "UTC",
    HTTPS_PROXY: "http://proxy",
    CLAUDE_CONFIG_DIR: "/c",
    ...SECRETS,
  };
  expect(sandboxEnvironment(env, "/folder", "http://127.0.0.1:1")).toEqual({
    PATH: "/bin",
    HOME: "/home/me",
    TZ: "UTC",
    CLAUDE_CONFIG_DIR: "/folder",
    CLAUDE_CODE_OAUTH_TOKEN: DUMMY_TOKEN,
    CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: "1",
    ANTHROPIC_BASE_URL: "http://127.0.0.1:1",
  });
});

test("its API notices any other login, and refuses to answer it", async () => {
  const api = new CannedApi();
  const post = (headers: Record<string, string>) =>
    fetch(`${api.url}/v1/messages`, { method: "POST", headers, body: "{}" });
  try {
    expect((await post({ authorization: `Bearer ${DUMMY_TOKEN}` })).status).toBe(200);
    expect(api.sawOtherLogin).toBe(false);
    expect((await post({ authorization: "Bearer other" })).status).toBe(401);
    expect(api.sawOtherLogin).toBe(true);
    expect((await post({ "x-api-key": "other" })).status).toBe(401);
  } finally {
    await api.close();
  }
});

describe("in a transcript", () => {
  const lines = (...objects: object[]) => objects.map((line) => `${JSON.stringify(line)}\n`).join("");
  const attachment = (type: string) => ({ type: "attachment", attachment: { type } });

  test("attachments are those between the first question and its answer, but not the system prompt", () => {
    const transcript = lines(
      { type: "queue-operation" },
      attachment("before"),
      { type: "user" },
      attachment("environment"),
      { type: "other" },
      attachment("prompt_snapshot"),
      attachment("date"),
      { type: "assistant" },
      attachment("after"),
    );
    expect(attachmentsIn(transcript)).toEqual([{ type: "environment" }, { type: "date" }]);
  });

  test("there may be none, as older versions of the CLI write none", () => {
    expect(attachmentsIn(lines({ type: "user" }, { type: "assistant" }))).toEqual([]);
  });

  test.each([
    ["no question", lines({ type: "assistant" })],
    ["no answer", lines({ type: "user" })],
    ["nothing", ""],
    ["anything else than JSON", "a\n"],
  ])("that holds %s there is nothing to learn", (_, transcript) => {
    expect(() => attachmentsIn(transcript)).toThrow();
  });
});
