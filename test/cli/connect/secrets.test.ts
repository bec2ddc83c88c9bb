import { describe, expect, test } from "bun:test";
import { FORMATS } from "../../../src/cli/connect/config-file/formats.ts";
import { shownDiff, unifiedDiff } from "../../../src/cli/connect/shown-diff.ts";
import { createStyle } from "../../../src/cli/terminal/text.ts";
import { clientHome, read } from "../../support/client-files.ts";

const { put, connect } = clientHome();
const style = createStyle(false);

const FILES = [
  [
    "openclaw",
    `{ models: { providers: { other: { apiKey: 'sk-secret-1', "headers": { Authorization: "Bearer sk-secret-2", 'x-api-key': "sk-secret-3" } } } }, gateway: { auth: { mode: 'token', token: 'sk-secret-4' }, password: "sk-secret-5" } }\n`,
  ],
  [
    "opencode",
    `{\n  // "apiKey": "sk-secret-1",\n  "model": "a/b",\n  "provider": {\n    "other": { "options": { "apiKey":\n      "sk-secret-2" } }\n  },\n  "mcp": { "x": { "headers": { "Authorization": "Bearer sk-secret-3" }, "command": ["x", "Authorization: Bearer sk-secret-4"] } }\n}\n`,
  ],
  [
    "codex",
    `# token = "sk-secret-1"\nmodel = "x"\nexperimental_bearer_token = """\nsk-secret-2"""\nsecrets = [{ any = "sk-secret-3" }, ["sk-secret-4"]]\nmcp = { env = { GITHUB_TOKEN = 'sk-secret-5' } }\n`,
  ],
] as const;

describe.each(FILES)("the secrets of others in the file of %s", (name, text) => {
  test("are not shown, and stay in the file", async () => {
    const path = put(name, text);
    const { code, stdout } = await connect(name, ["--write", "--yes"]);
    expect([code, stdout.includes("***")]).toEqual([0, true]);
    expect(stdout).not.toContain("sk-secret");
    const secrets = text.match(/sk-secret-\d/g) ?? [];
    for (const secret of secrets) expect(read(path)).toContain(secret);
    const undone = await connect(name, ["--undo", "--yes"]);
    expect(undone.stdout).not.toContain("sk-secret");
    expect(read(path)).toBe(text);
  });
});

test("what is no secret is shown", async () => {
  put("codex", 'model_max_output_tokens = 5\n[model_providers.other]\nenv_key = "OTHER_KEY"\n');
  const { stdout } = await connect("codex", ["--dry-run", "--api-key", "very-secret-key"]);
  expect(stdout).toContain('env_key = "OTHER_KEY"');
  expect(stdout).toContain('env_key = "CLAUDE_MAX_API_KEY"');
  expect(stdout).not.toContain("***");
  const made = await connect("opencode", ["--dry-run"]);
  expect(made.stdout).toContain('"apiKey": "any-key-works"');
});

test("a secret that changes is a change, and neither of the two is shown", () => {
  const [from, to] = ['{\n  "token": "one"\n}\n', '{\n  "token": "two"\n}\n'];
  const diff = shownDiff({ from, to, path: "file", style, format: FORMATS.jsonc, secrets: [] });
  expect(diff).toBe('--- file\n+++ file\n@@ -1,3 +1,3 @@\n {\n-  "token": "***"\n+  "token": "***"\n }\n');
  expect(unifiedDiff(from, to, "file", style)).toContain('+  "token": "two"');
});
