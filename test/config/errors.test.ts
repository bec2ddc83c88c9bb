import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processSystem } from "../../src/cli/system.ts";
import { messageOf, reasonOf } from "../../src/config/errors.ts";

test("what the system refuses is told in words, with what was done to which path", () => {
  const refused = Object.assign(new Error("EACCES: permission denied, open '/a/b'"), {
    ...{ code: "EACCES", syscall: "open", path: "/a/b" },
  });
  expect([messageOf(refused), reasonOf(refused)]).toEqual([
    "cannot open /a/b: permission denied.",
    "permission denied",
  ]);
  try {
    readFileSync(tmpdir());
    throw new Error("a folder was read");
  } catch (error) {
    expect(reasonOf(error)).toBe("it is a folder");
    expect(messageOf(error)).not.toContain("EISDIR");
  }
  expect([messageOf(new Error("own words.")), messageOf("thrown")]).toEqual(["own words.", "thrown"]);
});

test.skipIf(process.platform === "win32")("a path that cannot be looked at leads nowhere, and fails nothing", () => {
  const folder = mkdtempSync(join(tmpdir(), "claude-max-api-loop-"));
  try {
    symlinkSync("loop", join(folder, "loop"));
    expect(processSystem().realPath(join(folder, "loop", "claude-max-api"))).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
