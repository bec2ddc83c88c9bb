import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderChecksums } from "../../scripts/release/checksums.ts";
import { installScriptFor } from "../../scripts/release/install-scripts.ts";

// install.sh for real, against a release on loopback whose binary is a small script, on a system that `uname` says it is.

const SCRIPT = join(import.meta.dir, "../../scripts/install.sh");
const BINARY = "#!/bin/sh\necho 9.9.9\n";
const FILES = ["linux-x64", "linux-x64-musl", "linux-arm64", "darwin-arm64", "darwin-x64"].map(
  (name) => `claude-max-api-${name}`,
);

describe.skipIf(process.platform === "win32")("install.sh", () => {
  let folder: string;
  let server: ReturnType<typeof startRelease>;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "claude-max-api-install-"));
    server = startRelease();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the script in a home of its own, on a system of that name. */
  function install({
    script = SCRIPT,
    system = "Linux",
    machine = "x86_64",
    base = "good",
    args = [],
    home,
    ...more
  }: Options = {}) {
    const place = home ?? mkdtempSync(join(folder, "home-"));
    const tools = mkdtempSync(join(folder, "tools-"));
    fake(tools, "uname", `case $1 in -s) echo ${system} ;; *) echo ${machine} ;; esac`);
    fake(tools, "ldd", more.musl ? 'echo "musl libc (x86_64)" >&2; exit 1' : 'echo "ldd (GNU libc) 2.36"');
    fake(tools, "sysctl", `echo ${more.translated ? 1 : 0}`);
    const child = Bun.spawn(["sh", script, ...args], {
      env: {
        HOME: place,
        PATH: `${tools}:${more.path ?? ""}:/usr/bin:/bin`,
        ...(base === "" ? {} : { CLAUDE_MAX_API_BASE_URL: `${server.url}/${base}` }),
      },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    return { child, home: place, bin: join(place, ".local/bin"), output: outputOf(child) };
  }

  test("fetches its system's file, puts it into ~/.local/bin, and says that this is not on PATH", async () => {
    const { bin, output } = install();
    const { code, text } = await output;
    expect(text).toContain(`/good/claude-max-api-linux-x64\nInstalled claude-max-api 9.9.9 in ${bin}\n`);
    expect(text).toContain(`${bin} is not on your PATH`);
    expect(code).toBe(0);
    expect(readFileSync(join(bin, "claude-max-api"), "utf8")).toBe(BINARY);
    expect(readdirSync(bin)).toEqual(["claude-max-api"]);
  });

  test.each([
    { system: "Linux", machine: "x86_64", musl: true, platform: "linux-x64-musl" },
    { system: "Linux", machine: "aarch64", platform: "linux-arm64" },
    { system: "Darwin", machine: "arm64", platform: "darwin-arm64" },
    { system: "Darwin", machine: "x86_64", platform: "darwin-x64" },
    { system: "Darwin", machine: "x86_64", translated: true, platform: "darwin-arm64" },
  ])("on $system $machine the file is that of $platform", async ({ platform, ...given }) => {
    // All is in functions: this is what it calls first.
    const script = join(folder, "detect.sh");
    writeFileSync(script, readFileSync(SCRIPT, "utf8").replace(/^main "\$@"$/m, "detect_platform"));
    expect(await install({ ...given, script }).output).toEqual({ code: 0, text: `${platform}\n` });
  });

  test("does not fetch what is there already, and replaces what is older", async () => {
    const { home, bin, output } = install();
    await output;
    const again = await install({ home }).output;
    expect(again.text).toStartWith(`claude-max-api 9.9.9 is in ${bin} already\n`);
    writeFileSync(join(bin, "claude-max-api"), "#!/bin/sh\necho 1.0.0\n");
    const updated = await install({ home, path: bin }).output;
    expect(updated.text).toContain("Installed claude-max-api 9.9.9");
    expect(updated.text).not.toContain("PATH");
  });

  test("puts it there anew where the same is there, and does not start", async () => {
    const { home, bin, output } = install();
    await output;
    chmodSync(join(bin, "claude-max-api"), 0o644);
    const { code, text } = await install({ home, path: bin }).output;
    expect(text).toEndWith(`Installed claude-max-api 9.9.9 in ${bin}\n`);
    expect([code, statSync(join(bin, "claude-max-api")).mode & 0o777]).toEqual([0, 0o755]);
  });

  test("puts nothing into a folder that has the program's name, and says so", async () => {
    const home = mkdtempSync(join(folder, "home-"));
    const place = join(home, ".local/bin/claude-max-api");
    mkdirSync(place, { recursive: true });
    const { code, text } = await install({ home }).output;
    expect(text).toBe(`install.sh: ${place} is a folder; move it away, or choose another directory with --dir\n`);
    expect([code, readdirSync(place)]).toEqual([1, []]);
  });

  test("installs when it is piped into a shell, as the documents have it, with options behind -s --", async () => {
    const wanted = join(folder, "piped");
    const line = `cat "${SCRIPT}" | sh -s -- --dir "${wanted}"`;
    const env = { HOME: folder, PATH: "/usr/bin:/bin", CLAUDE_MAX_API_BASE_URL: `${server.url}/good` };
    const { code } = await outputOf(
      Bun.spawn(["sh", "-c", line], { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" }),
    );
    expect([code, readdirSync(wanted)]).toEqual([0, ["claude-max-api"]]);
  });

  test("takes another directory, of any name, and prints a line for the profile that a shell takes for that very one", async () => {
    const wanted = join(folder, 'a $HOME "b" `c` \\d');
    const { text } = await install({ args: ["--dir", wanted] }).output;
    expect(readdirSync(wanted)).toEqual(["claude-max-api"]);
    const line = text.split("\n").find((printed) => printed.startsWith("  export PATH=")) ?? "";
    const { stdout } = Bun.spawnSync(["sh", "-c", `${line}\nprintf '%s' "$PATH"`], { env: { PATH: "/usr/bin:/bin" } });
    expect(stdout.toString()).toBe(`${wanted}:/usr/bin:/bin`);
  });

  test.each([
    { base: "damaged", complaint: "it is damaged or not the real one, and was not installed" },
    { base: "missing", complaint: "/missing/SHA256SUMS" },
    { base: "incomplete", complaint: "this release has no claude-max-api-linux-x64" },
    { base: "cut", complaint: "could not fetch http" },
    { base: "broken", complaint: "does not start on this system, and was not installed" },
    { machine: "riscv64", complaint: "there is no binary for the processor riscv64" },
    { system: "FreeBSD", complaint: "there is no binary for FreeBSD" },
    { system: "MINGW64_NT-10.0", complaint: "use install.ps1" },
    { base: "", complaint: "set CLAUDE_MAX_API_REPOSITORY to OWNER/NAME" },
    { args: ["--dir"], complaint: "--dir needs a value" },
    { args: ["--prefix", "/usr"], complaint: "does not know --prefix" },
  ])("leaves what is there as it is, and says why: $complaint", async (given) => {
    const home = mkdtempSync(join(folder, "home-"));
    const bin = join(home, ".local/bin");
    mkdirSync(bin, { recursive: true });
    fake(bin, "claude-max-api", "echo 1.0.0");
    const before = readFileSync(join(bin, "claude-max-api"), "utf8");
    const { code, text } = await install({ ...given, home }).output;
    expect(text).toContain(given.complaint);
    expect(code).toBe(1);
    expect(readFileSync(join(bin, "claude-max-api"), "utf8")).toBe(before);
    expect(readdirSync(bin)).toEqual(["claude-max-api"]);
  });

  describe("with the key of a release", () => {
    let script: string;
    beforeAll(() => {
      script = join(folder, "signed-install.sh");
      writeFileSync(script, installScriptFor(readFileSync(SCRIPT, "utf8"), "owner/name", server.publicKey));
    });
    test("installs what is signed with it", async () => {
      expect(await install({ script, base: "signed" }).output).toMatchObject({ code: 0 });
    });

    test.each([
      ["forged", "the signature of SHA256SUMS is not that of this program's releases"],
      ["good", "could not fetch"],
    ])("installs nothing of a release whose checksums are %s", async (base, complaint) => {
      const { bin, output } = install({ script, base });
      const { code, text } = await output;
      expect([code, text.includes(complaint), readdirSync(bin)]).toEqual([1, true, []]);
    });
  });

  test("leaves nothing behind when it is interrupted while it fetches", async () => {
    const { child, bin, output } = install({ base: "endless" });
    await server.endless;
    child.kill("SIGTERM");
    const { code } = await output;
    expect(code).toBe(143);
    expect(readdirSync(bin)).toEqual([]);
  });
});

test.skipIf(!Bun.which("shellcheck"))("shellcheck has nothing to say about install.sh", async () => {
  const { text } = await outputOf(Bun.spawn(["shellcheck", SCRIPT], { stdout: "pipe", stderr: "pipe" }));
  expect(text).toBe("");
});

type Options = {
  readonly system?: string;
  readonly machine?: string;
  /** Which of the releases; empty for none named. */
  readonly base?: string;
  readonly args?: readonly string[];
  readonly home?: string;
  readonly path?: string;
  readonly musl?: boolean;
  readonly translated?: boolean;
  readonly script?: string;
};

function fake(folder: string, name: string, script: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

async function outputOf(child: Bun.Subprocess<"ignore" | undefined, "pipe", "pipe">) {
  const [out, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, text: out + errors };
}

/** A release as it should be, `good`, and others with one fault each. */
function startRelease() {
  const { promise: endless, resolve } = Promise.withResolvers<void>();
  const sums = (contents: string) => {
    const sha256 = createHash("sha256").update(contents).digest("hex");
    return renderChecksums(FILES.map((name) => ({ name, sha256 })));
  };
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 3072,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const signature = sign("sha256", Buffer.from(sums(BINARY)), privateKey);
  const failing = "#!/bin/sh\nexit 1\n";
  const releases: Readonly<Record<string, { readonly sums: string; binary(): Response; readonly signature?: Buffer }>> =
    {
      good: { sums: sums(BINARY), binary: () => new Response(BINARY) },
      signed: { sums: sums(BINARY), binary: () => new Response(BINARY), signature },
      forged: { sums: sums(failing), binary: () => new Response(failing), signature },
      damaged: { sums: sums(BINARY), binary: () => new Response(`${BINARY}#`) },
      incomplete: { sums: `${"0".repeat(64)} *claude-max-api-plan9-x64\n`, binary: () => new Response(BINARY) },
      cut: { sums: sums(BINARY), binary: () => new Response("", { status: 404 }) },
      broken: { sums: sums(failing), binary: () => new Response(failing) },
      endless: {
        sums: sums(BINARY),
        binary: () => {
          resolve();
          return new Response(new ReadableStream({ start: (controller) => controller.enqueue("#!/bin/sh\n") }));
        },
      },
    };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    fetch(request) {
      const [, name = "", file] = new URL(request.url).pathname.split("/");
      const release = releases[name];
      if (release === undefined) return new Response("", { status: 404 });
      if (file === "SHA256SUMS.sig") return new Response(release.signature, { status: release.signature ? 200 : 404 });
      return file === "SHA256SUMS" ? new Response(release.sums) : release.binary();
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, endless, publicKey, stop: () => server.stop(true) };
}
