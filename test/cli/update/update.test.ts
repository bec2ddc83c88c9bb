import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { renderChecksums } from "../../../scripts/release/checksums.ts";
import { fileName, TARGETS } from "../../../scripts/release/targets.ts";
import { processSystem } from "../../../src/cli/system.ts";
import { releaseAddress, releaseFile, sha256 } from "../../../src/cli/update/release.ts";
import { ownerOf } from "../../../src/cli/update/update.ts";
import { runCli } from "../../support/run-cli.ts";

const OLD = "#!/bin/sh\necho 1.2.3\n";
const NEW = "#!/bin/sh\necho 9.9.9\n";
const FILE = releaseFile(process.platform, process.arch, Buffer.from(OLD));

describe.skipIf(process.platform === "win32")("update, by a release on loopback whose binary is a small script", () => {
  let folder: string;
  let server: ReturnType<typeof startRelease>;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "claude-max-api-update-"));
    server = startRelease();
  });
  afterAll(async () => {
    await server.stop(true);
    rmSync(folder, { recursive: true, force: true });
  });

  /** A program of its own, in a folder of that name. */
  function installed(under = "bin") {
    const place = join(mkdtempSync(join(folder, "home-")), under, "claude-max-api");
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, OLD, { mode: 0o755 });
    const run = (args: readonly string[] = [], base = "good") =>
      runCli(["update", ...args], {
        executable: [place],
        system: processSystem(),
        platform: process.platform,
        env: { CLAUDE_MAX_API_BASE_URL: `${server.url}${base}` },
      });
    return { place, run, files: () => readdirSync(dirname(place)).sort(), content: () => readFileSync(place, "utf8") };
  }

  test("replaces the program, keeps the old one, and says what to do with a server that runs", async () => {
    const { place, run, files, content } = installed();
    const { code, stdout, stderr } = await run();
    expect(stderr).toBe(`Fetching ${server.url}good/${FILE}\n`);
    expect(stdout).toStartWith(`Updated ${place} from 1.2.3 to 9.9.9.`);
    expect(stdout).toContain("claude-max-api service restart");
    expect([code, content(), statSync(place).mode & 0o777]).toEqual([0, NEW, 0o755]);
    expect(files()).toEqual(["claude-max-api", "claude-max-api.previous"]);
  });

  test("does nothing where the latest is there already", async () => {
    const { place, run, files } = installed();
    writeFileSync(place, NEW);
    expect(await run()).toEqual({ code: 0, stdout: `${place} is the latest release already: 1.2.3.\n`, stderr: "" });
    expect(files()).toEqual(["claude-max-api"]);
  });

  test("goes back, and forth again", async () => {
    const { run, content, files } = installed();
    expect(await run(["--rollback"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("nothing to go back to"),
    });
    await run();
    expect((await run(["--rollback"])).stdout).toContain(" is 1.2.3 again.");
    expect(content()).toBe(OLD);
    expect((await run(["--rollback"])).stdout).toContain(" is 9.9.9 again.");
    expect(content()).toBe(NEW);
    expect(files()).toEqual(["claude-max-api", "claude-max-api.previous"]);
  });

  test("--check says whether there is another one, and changes nothing", async () => {
    const { place, run, files, content } = installed();
    expect((await run(["--check"])).stdout).toContain("Take it with: claude-max-api update\n");
    expect([content(), files()]).toEqual([OLD, ["claude-max-api"]]);
    writeFileSync(place, NEW);
    expect((await run(["--check"])).stdout).toBe("1.2.3 is the latest release.\n");
  });

  test.each([
    { base: "damaged", complaint: "it is damaged or not the real one, and was not installed" },
    { base: "missing", complaint: "/missing/SHA256SUMS: the answer is 404" },
    { base: "incomplete", complaint: `this release has no ${FILE}` },
    { base: "broken", complaint: "does not start on this system, and was not installed" },
  ])("leaves the old one where the release is $base, and says why", async ({ base, complaint }) => {
    const { run, content, files } = installed();
    const { code, stdout, stderr } = await run([], base);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(complaint);
    expect([content(), files()]).toEqual([OLD, ["claude-max-api"]]);
  });

  test("leaves what a package manager has installed to that one, but looks for it", async () => {
    const { run, content, files } = installed("lib/node_modules/claude-max-api/bin");
    expect(await run()).toMatchObject({ code: 1, stderr: expect.stringContaining("npm has installed this program") });
    expect((await run(["--check"])).stdout).toContain("Take it with: npm install -g claude-max-api@latest\n");
    expect([content(), files()]).toEqual([OLD, ["claude-max-api"]]);
  });
});

test("from source, it says what updates that", async () => {
  const { code, stderr } = await runCli(["update"], { executable: ["/usr/bin/bun", "/clone/src/main.ts"] });
  expect([code, stderr]).toEqual([1, expect.stringContaining("git pull")]);
});

test.each([
  ["/opt/homebrew/Cellar/claude-max-api/1.0.0/bin/claude-max-api", "brew upgrade claude-max-api"],
  ["C:\\Users\\jane\\scoop\\apps\\claude-max-api\\1.0.0\\claude-max-api.exe", "scoop update claude-max-api"],
  [
    "C:\\Users\\jane\\AppData\\Local\\Microsoft\\WinGet\\Packages\\x\\claude-max-api.exe",
    "winget upgrade claude-max-api",
  ],
  ["/nix/store/abc-claude-max-api/bin/claude-max-api", "nix profile upgrade claude-max-api"],
  ["/home/jane/.local/bin/claude-max-api", undefined],
])("%s belongs to its package manager", (path, command) => {
  expect(ownerOf(path)?.command).toBe(command);
});

test("the file that is fetched is the release's for the system that the binary is made for", () => {
  const names = TARGETS.map(({ os, arch, musl }) => {
    const loader = musl ? "\u007fELF\0/lib/ld-musl-x86_64.so.1\0" : "\u007fELF\0/lib64/ld-linux-x86-64.so.2\0";
    return releaseFile(os === "windows" ? "win32" : os, arch, Buffer.from(loader));
  });
  expect(names).toEqual(TARGETS.map(fileName));
  expect(() => releaseFile("freebsd", "x64", new Uint8Array())).toThrow("there is no binary for freebsd on x64.");
});

test("a binary that was built by hand asks whose releases to use, by the installer's variables", () => {
  expect(() => releaseAddress({})).toThrow("Set CLAUDE_MAX_API_REPOSITORY to OWNER/NAME.");
  expect(() => releaseAddress({ CLAUDE_MAX_API_REPOSITORY: "name" })).toThrow("OWNER/NAME");
  expect(() => releaseAddress({ CLAUDE_MAX_API_BASE_URL: "file:///tmp" })).toThrow("must be an http:// or https://");
  const expected = "https://github.com/jane/fork/releases/latest/download";
  expect(releaseAddress({ CLAUDE_MAX_API_REPOSITORY: "jane/fork" })).toBe(expected);
});

/** Releases by name: what their SHA256SUMS says and what their binary is. */
function startRelease() {
  const sums = (content: string, name = FILE) => renderChecksums([{ name, sha256: sha256(Buffer.from(content)) }]);
  const broken = "#!/bin/sh\nexit 1\n";
  const releases: Record<string, { sums: string; binary: string }> = {
    good: { sums: sums(NEW), binary: NEW },
    damaged: { sums: sums(NEW), binary: `${NEW}#` },
    incomplete: { sums: sums(NEW, "claude-max-api-other"), binary: NEW },
    broken: { sums: sums(broken), binary: broken },
  };
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ url }) => {
      const [, name = "", file] = new URL(url).pathname.split("/");
      const release = releases[name];
      if (release === undefined) return new Response("not found", { status: 404 });
      return new Response(file === "SHA256SUMS" ? release.sums : release.binary);
    },
  });
}
