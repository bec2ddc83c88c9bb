import { afterAll, describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { bunComponents } from "../../scripts/release/bun-components.ts";
import { changelogSection } from "../../scripts/release/changelog.ts";
import { renderChecksums, sha256OfFile } from "../../scripts/release/checksums.ts";
import { installScriptFor } from "../../scripts/release/install-scripts.ts";
import { renderLicences } from "../../scripts/release/licences.ts";
import { renderNotes } from "../../scripts/release/notes.ts";
import { packageFolders, readBunLicences, readPackages } from "../../scripts/release/packages.ts";
import { renderSbom, sbomCheck } from "../../scripts/release/sbom.ts";
import { bunTarget, fileName, TARGETS } from "../../scripts/release/targets.ts";

// The parts of a release, without building one: `bun run release` does that.

const ROOT = join(import.meta.dir, "../..");
const scratch = mkdtempSync(join(tmpdir(), "claude-max-api-release-test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("each target has its name, in the form os-arch[-musl], and its file", () => {
  expect(TARGETS.map(fileName)).toEqual([
    "claude-max-api-linux-x64",
    "claude-max-api-linux-arm64",
    "claude-max-api-linux-x64-musl",
    "claude-max-api-linux-arm64-musl",
    "claude-max-api-darwin-arm64",
    "claude-max-api-darwin-x64",
    "claude-max-api-windows-x64.exe",
    "claude-max-api-windows-arm64.exe",
  ]);
  expect(TARGETS.map(bunTarget)).toContain("bun-linux-x64-musl");
  expect(new Set(TARGETS.map(({ runtimeSha256 }) => runtimeSha256)).size).toBe(TARGETS.length);
});

test("checksums are what sha256sum reads", async () => {
  writeFileSync(join(scratch, "b"), "b");
  writeFileSync(join(scratch, "a"), "a");
  const checksums = ["b", "a"].map(async (name) => ({ name, sha256: await sha256OfFile(join(scratch, name)) }));
  const text = renderChecksums(await Promise.all(checksums));
  expect(text).toMatch(/^[0-9a-f]{64} \*a\n[0-9a-f]{64} \*b\n$/);
  if (!Bun.which("sha256sum")) return;
  writeFileSync(join(scratch, "SHA256SUMS"), text);
  expect((await Bun.$`sha256sum -c --strict SHA256SUMS`.cwd(scratch).quiet()).exitCode).toBe(0);
});

const METAFILE = {
  outputs: {
    "./claude-max-api": {
      inputs: {
        "src/main.ts": { bytesInOutput: 10 },
        "node_modules/elysia/dist/index.mjs": { bytesInOutput: 10 },
        "node_modules/elysia/dist/unused.mjs": { bytesInOutput: 0 },
        "node_modules/@elysiajs/stream/dist/index.mjs": { bytesInOutput: 10 },
        "node_modules/openapi-types/index.js": { bytesInOutput: 0 },
        "node_modules/elysia/node_modules/cookie/index.js": { bytesInOutput: 1 },
      },
    },
  },
};

describe("what is inside", () => {
  test("is each package of which the bundler took at least a byte", () => {
    const folders = ["node_modules/@elysiajs/stream", "node_modules/elysia", "node_modules/elysia/node_modules/cookie"];
    expect(packageFolders(METAFILE)).toEqual(folders);
    expect(() => packageFolders({ outputs: [] })).toThrow("shape");
  });

  test("a package that leaves out the text of the Apache License gets it from another", () => {
    const [momoa] = readPackages(ROOT, ["node_modules/@humanwhocodes/momoa"]);
    expect(momoa?.license).toBe("Apache-2.0");
    expect(momoa?.licenceTexts).toEqual([expect.stringMatching(/^Apache License[\s\S]*END OF TERMS AND CONDITIONS$/)]);
  });

  test("has version, licence, its text and the hash that the lock file has", () => {
    const [stream, elysia] = readPackages(ROOT, ["node_modules/@elysiajs/stream", "node_modules/elysia"]);
    expect(elysia).toMatchObject({ name: "elysia", version: packageJson.dependencies.elysia, license: "MIT" });
    expect(elysia?.licenceTexts.join()).toContain("Permission is hereby granted");
    const lock = readFileSync(join(ROOT, "bun.lock"), "utf8");
    expect(lock).toContain(Buffer.from(stream?.sha512 ?? "", "hex").toString("base64"));
  });

  test("cannot be a package without the text of its licence, or one that is not locked", () => {
    const folder = join(scratch, "node_modules/lawless");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(scratch, "bun.lock"), '{ "packages": {}, }');
    writeFileSync(join(folder, "package.json"), '{"name":"lawless","version":"1.0.0","license":"MIT"}');
    expect(() => readPackages(scratch, ["node_modules/lawless"])).toThrow("lawless has no licence text");
    writeFileSync(join(folder, "LICENSE"), "Do.");
    expect(() => readPackages(scratch, ["node_modules/lawless"])).toThrow("no hash of lawless@1.0.0");
  });

  test("names what Bun's own page of licences names, with the versions that the runtime tells", () => {
    const components = bunComponents(readBunLicences(ROOT), { boringssl: "abc", ares: "def", webkit: "ghi" });
    const find = (name: string) => components.find((component) => component.name === name);
    expect(find("boringssl")).toMatchObject({ version: "abc" });
    expect(find("c-ares")).toMatchObject({ version: "def", license: "MIT licensed" });
    expect(find("tinycc")).toMatchObject({ license: "LGPL v2.1", version: undefined });
    expect(find("JavaScriptCore (WebKit)")).toMatchObject({ license: "LGPL-2", version: "ghi" });
    expect(() => bunComponents("Bun is MIT-licensed.", {})).toThrow("tables");
  });

  test("stands in one text, with each licence whole", () => {
    const packages = readPackages(ROOT, packageFolders(METAFILE).slice(0, 2));
    const bunPage = readBunLicences(ROOT);
    const text = renderLicences({
      program: "claude-max-api 9.9.9",
      ownLicence: readFileSync(join(ROOT, "LICENSE"), "utf8"),
      packages,
      bunVersion: "1.4.5",
      bunPage,
      bunComponents: bunComponents(bunPage, process.versions),
    });
    for (const { name, version, licenceTexts } of packages) {
      expect(text).toContain(`${name} ${version}: MIT`);
      for (const licence of licenceTexts) expect(text).toContain(licence);
    }
    expect(text).toContain(bunPage);
    expect(text).toContain(`webkit ${process.versions.webkit ?? "none"}`.replace("webkit", "JavaScriptCore (WebKit)"));
  });
});

describe("the bill of materials", () => {
  const contents = {
    program: { name: "claude-max-api", version: "9.9.9", license: "MIT" },
    date: new Date("2026-01-02T03:04:05Z"),
    binaries: [{ name: "claude-max-api-linux-x64", sha256: "a".repeat(64) }],
    packages: readPackages(ROOT, ["node_modules/@elysiajs/stream", "node_modules/elysia", "node_modules/memoirist"]),
    bun: { version: "1.4.5", components: bunComponents(readBunLicences(ROOT), process.versions), runtimes: TARGETS },
  };

  test("fits the schema of CycloneDX 1.6, which finds what does not", async () => {
    const check = sbomCheck();
    const json = renderSbom(contents);
    await check(json);
    const wrong = json.replace('"type": "platform"', '"type": "platfrom"');
    expect(check(wrong)).rejects.toThrow("the SBOM is not valid");
  });

  test("is the same for the same contents, and another for others", () => {
    const serial = (json: string) => JSON.parse(json).serialNumber;
    expect(renderSbom(contents)).toBe(renderSbom({ ...contents }));
    expect(serial(renderSbom({ ...contents, date: new Date(0) }))).not.toBe(serial(renderSbom(contents)));
  });

  test("has version, licence, package URL and hash of each package, and what needs what", () => {
    const bom = JSON.parse(renderSbom(contents));
    const elysia = contents.packages.find(({ name }) => name === "elysia");
    const purl = `pkg:npm/elysia@${elysia?.version}`;
    expect(bom.components).toContainEqual({
      type: "library",
      name: "elysia",
      version: elysia?.version,
      "bom-ref": purl,
      hashes: [{ alg: "SHA-512", content: elysia?.sha512 }],
      licenses: [{ license: { id: "MIT" } }],
      purl,
    });
    const memoirist = bom.components.find(({ name }: { name: string }) => name === "memoirist");
    expect(bom.dependencies).toContainEqual({ ref: purl, dependsOn: [memoirist.purl] });
    expect(bom.metadata.component.components[0].hashes).toEqual([{ alg: "SHA-256", content: "a".repeat(64) }]);
  });
});

test("the section of a version is that alone, and what is unreleased stands in for one that is missing", () => {
  const changelog =
    "# Changelog\n\n## Unreleased\n\nNew.\n\n## [1.1.0] - 2030-01-02\n\n### Added\n\n- One.\n\n## 1.0.0\n\nOld.\n\n[1.1.0]: https://a\n";
  expect(changelogSection(changelog, "1.1.0")).toEqual({ text: "### Added\n\n- One.", released: true });
  expect(changelogSection(changelog, "1.0.0")).toEqual({ text: "Old.", released: true });
  expect(changelogSection(changelog, "2.0.0")).toEqual({ text: "New.", released: false });
  expect(() => changelogSection("# Changelog\n", "1.0.0")).toThrow("neither");
});

test.each(["install.sh", "install.ps1"])("%s belongs to no repository until the release says whose it is", (file) => {
  const script = readFileSync(join(ROOT, "scripts", file), "utf8");
  const filled = installScriptFor(script, "some-owner/some.name");
  expect(filled).toMatch(/^\$?repository ?= ?["']some-owner\/some\.name["']$/m);
  expect(filled.split("\n").length).toBe(script.split("\n").length);
  expect(() => installScriptFor(script, 'owner/name"; rm -rf /')).toThrow("OWNER/NAME");
  expect(() => installScriptFor(filled, "a/b")).toThrow("no line");
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const wrong = publicKey.export({ type: "spki", format: "pem" }).toString();
  expect(() => installScriptFor(script, "a/b", wrong)).toThrow("RSA with 3072 bits");
});

test("the notes say of each binary what ran, and what did not and why", () => {
  const text = renderNotes({
    version: "1.2.3",
    commit: "commit abc",
    changes: { text: "### Added\n\n- One.", released: false },
    binaries: [{ name: "claude-max-api-linux-x64", target: "linux-x64", bytes: 1_250_000, remark: "fine" }],
    outcomes: [
      { target: "linux-x64", ran: true, how: "natively" },
      { target: "darwin-x64", ran: false, how: "needs macOS" },
    ],
    reproduced: undefined,
    repository: "jane/fork",
    figures: {
      target: "linux-x64",
      machine: "a machine",
      withoutClaude: { startMs: { median: 50, least: 40, most: 70 }, startCpuMs: 30, idleMb: 61 },
      withClaude: { startMs: { median: 90, least: 80, most: 99 }, startCpuMs: 30, idleMb: Number.NaN },
    },
  });
  expect(text).toStartWith("# claude-max-api 1.2.3, not released yet\n\nBuilt from commit abc.\n");
  expect(text).toContain("| `claude-max-api-linux-x64` | 1.3 MB | fine |");
  expect(text).toContain("| linux-x64 | ran natively |\n| darwin-x64 | not run here: needs macOS |");
  expect(text).toContain("| no Claude CLI there | 50 ms (40 to 70) | 30 ms | 61.0 MB |");
  expect(text).toContain("start below 60 ms met, idle below 60 MB missed");
  expect(text).toContain("It was not tried whether");
  expect(text).toContain("\ncurl -fsSL https://github.com/jane/fork/releases/latest/download/install.sh | sh\n");
  expect(text).toContain("\nirm https://github.com/jane/fork/releases/latest/download/install.ps1 | iex\n");
});
