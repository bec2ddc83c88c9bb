import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderChecksums } from "../../scripts/release/checksums.ts";

// install.ps1 for real, on Windows alone, against a release on loopback. Its binary is a program that Windows has.

const SCRIPT = join(import.meta.dir, "../../scripts/install.ps1");
const shell = process.platform === "win32" ? Bun.which("powershell") : null;

describe.skipIf(shell === null)("install.ps1", () => {
  let folder: string;
  let server: ReturnType<typeof Bun.serve>;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "claude-max-api-install-"));
    // Starts anywhere, and takes any argument.
    const binary = readFileSync(join(process.env.SystemRoot ?? "C:\\Windows", "System32", "whoami.exe"));
    const files = ["x64", "arm64"].map((arch) => `claude-max-api-windows-${arch}.exe`);
    const sha256 = createHash("sha256").update(binary).digest("hex");
    server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request) {
        const [, release, file] = new URL(request.url).pathname.split("/");
        if (release === "missing") return new Response("", { status: 404 });
        if (file === "SHA256SUMS") return new Response(renderChecksums(files.map((name) => ({ name, sha256 }))));
        return new Response(release === "damaged" ? Buffer.concat([binary, Buffer.from("#")]) : binary);
      },
    });
  });
  afterAll(async () => {
    await server.stop(true);
    rmSync(folder, { recursive: true, force: true });
  });

  async function install(release: string) {
    const bin = mkdtempSync(join(folder, "bin-"));
    const child = Bun.spawn([shell ?? "", "-NoProfile", "-ExecutionPolicy", "Bypass", "-File", SCRIPT, "-Dir", bin], {
      env: { ...process.env, CLAUDE_MAX_API_BASE_URL: `http://127.0.0.1:${server.port}/${release}` },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { bin, code: await child.exited, text: (out + errors).replace(/\s+/g, " ") };
  }

  test.each([
    { release: "damaged", complaint: "it is damaged or not the real one" },
    { release: "missing", complaint: "Could not fetch" },
  ])("installs nothing from a release that is $release, and says why", async ({ release, complaint }) => {
    const { bin, code, text } = await install(release);
    expect(text).toContain(complaint);
    expect(code).not.toBe(0);
    expect(readdirSync(bin)).toEqual([]);
  });

  test("fetches what the checksums have, and starts it before it is put into place", async () => {
    const { bin, text } = await install("good");
    // whoami knows no --version: it was started, and refused.
    expect(text).toContain("does not start on this system, and was not installed");
    expect(existsSync(join(bin, "claude-max-api.exe"))).toBe(false);
  });
});
