import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DESCRIPTION, type Packaged, renderManifests } from "../../scripts/release/manifests.ts";
import { writeNpmPackages } from "../../scripts/release/npm-packages.ts";
import { fileName, isThisMachine, TARGETS } from "../../scripts/release/targets.ts";

const ROOT = join(import.meta.dir, "../..");
const BINARIES = TARGETS.map((target, index) => ({ name: fileName(target), sha256: `${index}`.repeat(64) }));
const PACKAGED: Packaged = {
  name: "claude-max-api",
  version: "1.2.3",
  license: "MIT",
  publisher: "the authors",
  repository: "jane/fork",
  binaries: BINARIES,
};
const MANIFESTS = renderManifests(PACKAGED);
const DOWNLOADS = "https://github.com/jane/fork/releases/download/v1.2.3";
const hashOf = (file: string) => BINARIES.find(({ name }) => name === file)?.sha256 ?? "";

describe("the manifests of a release", () => {
  test("are a formula, Scoop's file and winget's three, and need every binary", () => {
    expect(Object.keys(MANIFESTS)).toEqual([
      "homebrew/claude-max-api.rb",
      "scoop/claude-max-api.json",
      "winget/jane.claude-max-api.yaml",
      "winget/jane.claude-max-api.installer.yaml",
      "winget/jane.claude-max-api.locale.en-US.yaml",
    ]);
    const cut = { ...PACKAGED, binaries: BINARIES.filter(({ name }) => !name.includes("windows-arm64")) };
    expect(() => renderManifests(cut)).toThrow("need the binary of windows-arm64");
  });

  test("name each file by the address of this very release, beside its own hash", () => {
    const text = Object.values(MANIFESTS).join("\n").toLowerCase();
    for (const { name } of BINARIES.filter(({ name }) => !name.includes("musl"))) {
      const at = text.indexOf(`${DOWNLOADS}/${name}`.toLowerCase());
      expect(text.slice(at, at + 260)).toContain(hashOf(name));
    }
  });

  test("the formula has what Homebrew asks of a description, and files that are no archives", () => {
    const formula = MANIFESTS["homebrew/claude-max-api.rb"] ?? "";
    expect(formula).toStartWith("class ClaudeMaxApi < Formula\n");
    expect(DESCRIPTION.length).toBeLessThanOrEqual(80);
    expect(DESCRIPTION).not.toMatch(/^(an?|the) |\.$|claude-max-api/i);
    expect(formula.match(/using: :nounzip/g)).toHaveLength(4);
    const ends = formula.match(/^ *end$/gm) ?? [];
    expect(formula.match(/ do$|^class |^ {2}def /gm)).toHaveLength(ends.length);
  });

  test("Scoop's file gives the program its name, and finds the hash of a later release", () => {
    const { architecture, autoupdate, bin } = JSON.parse(MANIFESTS["scoop/claude-max-api.json"] ?? "");
    expect(bin).toBe("claude-max-api.exe");
    expect(architecture.arm64).toEqual({
      url: `${DOWNLOADS}/claude-max-api-windows-arm64.exe#/claude-max-api.exe`,
      hash: hashOf("claude-max-api-windows-arm64.exe"),
    });
    expect(autoupdate.architecture["64bit"].url).toContain("/download/v$version/claude-max-api-windows-x64.exe#/");
  });

  test("winget's are one package in one version of its schema, portable, with hashes as it has them", () => {
    const [version, installer, locale] = ["", ".installer", ".locale.en-US"].map((kind) =>
      Bun.YAML.parse(MANIFESTS[`winget/jane.claude-max-api${kind}.yaml`] ?? ""),
    );
    const shared = { PackageIdentifier: "jane.claude-max-api", PackageVersion: "1.2.3", ManifestVersion: "1.10.0" };
    expect(version).toEqual({ ...shared, DefaultLocale: "en-US", ManifestType: "version" });
    expect(installer).toMatchObject({ ...shared, InstallerType: "portable", Commands: ["claude-max-api"] });
    expect(installer).toMatchObject({
      Installers: [
        { Architecture: "x64", InstallerSha256: hashOf("claude-max-api-windows-x64.exe") },
        { Architecture: "arm64", InstallerUrl: `${DOWNLOADS}/claude-max-api-windows-arm64.exe` },
      ],
    });
    expect(locale).toMatchObject({ ...shared, PackageLocale: "en-US", License: "MIT", ShortDescription: DESCRIPTION });
    expect(() => renderManifests({ ...PACKAGED, repository: `${"x".repeat(33)}/y` })).toThrow("more than 32");
  });
});

describe("the npm packages", () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "claude-max-api-npm-"));
    const binaries = join(folder, "release");
    mkdirSync(binaries);
    const script =
      '#!/bin/sh\n[ "$1" = hang ] && { trap "exit 7" TERM; echo up; while :; do sleep 0.1; done; }\necho "$@"; exit 3\n';
    for (const { name } of BINARIES) {
      writeFileSync(join(binaries, name), script);
      chmodSync(join(binaries, name), 0o755);
    }
    const { name, version, license, repository } = PACKAGED;
    const packages = join(folder, "node_modules");
    await writeNpmPackages({
      name,
      version,
      license,
      repository,
      targets: TARGETS,
      binaries,
      folder: packages,
      root: ROOT,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const packageOf = (name: string) =>
    JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8"));
  const launch = (...args: string[]) =>
    Bun.spawn(["node", join(folder, "node_modules/claude-max-api/launcher.js"), ...args], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });

  test("are a launcher, and for each platform one that npm installs there alone", () => {
    const { optionalDependencies, bin } = packageOf("claude-max-api");
    expect(bin).toEqual({ "claude-max-api": "launcher.js" });
    expect(optionalDependencies).toEqual(
      Object.fromEntries(TARGETS.map(({ name }) => [`claude-max-api-${name}`, "1.2.3"])),
    );
    expect(packageOf("claude-max-api-linux-arm64-musl")).toMatchObject({
      os: ["linux"],
      cpu: ["arm64"],
      libc: ["musl"],
    });
    expect(packageOf("claude-max-api-linux-x64")).toMatchObject({ os: ["linux"], cpu: ["x64"], libc: ["glibc"] });
    expect(packageOf("claude-max-api-windows-x64")).toMatchObject({ os: ["win32"], files: ["claude-max-api.exe"] });
    for (const { name, os } of TARGETS) {
      const file = os === "windows" ? "claude-max-api.exe" : "claude-max-api";
      expect(existsSync(join(folder, "node_modules", `claude-max-api-${name}`, file))).toBe(true);
    }
  });

  test.skipIf(process.platform === "win32")("the launcher passes words, signals and the exit code on", async () => {
    const child = launch("ask", "a b");
    expect(await new Response(child.stdout).text()).toBe("ask a b\n");
    expect(await child.exited).toBe(3);
    const server = launch("hang");
    const { value } = await server.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("up\n");
    server.kill("SIGTERM");
    expect(await server.exited).toBe(7);
  });

  test("the launcher says what is missing where npm has installed no binary", async () => {
    for (const { name } of TARGETS.filter(isThisMachine)) {
      rmSync(join(folder, "node_modules", `claude-max-api-${name}`), { recursive: true });
    }
    const child = launch("--version");
    expect(await new Response(child.stderr).text()).toContain("npm has not installed the binary for");
    expect(await child.exited).toBe(1);
  });
});
