// Builds every binary that is released, and what goes with them, into dist/release: `bun run release`. Starts what this machine can
// start, and says in RELEASE_NOTES.md what came of it. Flags: --repository OWNER/NAME writes the install scripts for its releases;
// --tag vX.Y.Z refuses any version but that, and one without a section in the changelog; --only TARGET builds one; --skip-second leaves out
// the second build; --skip-smoke starts nothing and measures nothing.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { release } from "./release/release.ts";
import { TARGETS } from "./release/targets.ts";

const { values: flags } = parseArgs({
  options: {
    repository: { type: "string" },
    tag: { type: "string" },
    only: { type: "string" },
    "skip-second": { type: "boolean", default: false },
    "skip-smoke": { type: "boolean", default: false },
  },
});
const targets = TARGETS.filter(({ name }) => flags.only === undefined || name === flags.only);
if (targets.length === 0) throw new Error(`--only takes one of ${TARGETS.map(({ name }) => name).join(", ")}`);

const scratch = mkdtempSync(join(tmpdir(), "claude-max-api-release-"));
try {
  await release({
    root: join(import.meta.dir, ".."),
    scratch,
    targets,
    repository: flags.repository ?? process.env.GITHUB_REPOSITORY,
    tag: flags.tag,
    twice: !flags["skip-second"],
    start: !flags["skip-smoke"],
    say: (line) => console.log(line),
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
