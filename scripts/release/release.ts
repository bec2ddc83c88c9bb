import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus, loadavg, platform, release as systemRelease } from "node:os";
import { dirname, join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { buildTarget, PUBLISHER } from "./build-target.ts";
import { bunComponents } from "./bun-components.ts";
import { changelogSection } from "./changelog.ts";
import { type Checksum, renderChecksums, sha256OfFile } from "./checksums.ts";
import { installScriptFor } from "./install-scripts.ts";
import { renderLicences } from "./licences.ts";
import { renderManifests } from "./manifests.ts";
import { measure } from "./measure.ts";
import { type Measured, type Released, renderNotes } from "./notes.ts";
import { writeNpmPackages } from "./npm-packages.ts";
import { type BundledPackage, packageFolders, readBunLicences, readPackages } from "./packages.ts";
import { verifiedRuntime } from "./runtime.ts";
import { renderSbom, sbomCheck } from "./sbom.ts";
import { type Outcome, smoke } from "./smoke.ts";
import { BUN_VERSION, fileName, isThisMachine, TARGETS, type Target } from "./targets.ts";

export type ReleaseOptions = {
  readonly root: string;
  /** A folder that is removed afterwards. */
  readonly scratch: string;
  readonly targets: readonly Target[];
  /** Whose releases the install scripts and `update` take, `owner/name`; without one, there are no scripts, and `update` asks. */
  readonly repository: string | undefined;
  readonly tag: string | undefined;
  readonly twice: boolean;
  readonly start: boolean;
  say(line: string): void;
};

const { name, version, license } = packageJson;
const LICENCES = "THIRD-PARTY-LICENSES.txt";
const SBOM = `${name}.cdx.json`;
/** Of the key that signs releases, in PEM; docs/development/releasing.md says how it comes to be. */
const PUBLIC_KEY_FILE = "scripts/release/release-key.pem";

/** Fills dist/release. Throws, and leaves no checksums there, when anything is not as it should be. */
export async function release(options: ReleaseOptions): Promise<void> {
  const { root, scratch, targets, twice, repository, say } = options;
  if (Bun.version !== BUN_VERSION)
    throw new Error(`this is Bun ${Bun.version}; releases are built with ${BUN_VERSION}`);
  const changes = changelogSection(readFileSync(join(root, "CHANGELOG.md"), "utf8"), version);
  checkTag(options.tag, changes.released);
  const commit = await describeCommit(root);
  const folder = join(root, "dist/release");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });

  const binaries: (Released & Checksum)[] = [];
  const outcomes: Outcome[] = [];
  const folders = new Set<string>();
  for (const target of targets) {
    const built = await buildOnce(options, target);
    const file = fileName(target);
    const path = join(folder, file);
    copyFileSync(built.path, path);
    chmodSync(path, 0o755);
    const sha256 = await sha256OfFile(path);
    for (const used of built.folders) folders.add(used);
    if (twice) await buildAgain(options, target, built.folders, sha256);
    binaries.push({ name: file, target: target.name, bytes: statSync(path).size, remark: built.remark, sha256 });
    say(`${file}  ${sha256}${twice ? "  twice the same" : ""}`);
    if (options.start) {
      for (const outcome of await smoke(target, path, version, join(scratch, target.name, "smoke"))) {
        outcomes.push(outcome);
        say(`  ${outcome.ran ? "ran" : "not run here:"} ${outcome.how}`);
      }
    }
  }

  const packages = readPackages(root, [...folders].sort());
  const others = [
    ...(await describeContents(options, folder, packages, binaries, commit.date)),
    ...(await installScripts(options, folder)),
  ];
  const figures = options.start ? await figuresHere(root, folder, targets) : undefined;
  const reproduced = twice ? true : undefined;
  const notes = renderNotes({
    version,
    commit: commit.name,
    changes,
    binaries,
    outcomes,
    reproduced,
    figures,
    repository,
  });
  await Bun.write(join(folder, "RELEASE_NOTES.md"), notes);
  // Last, since whoever finds it takes the release for complete.
  await Bun.write(join(folder, "SHA256SUMS"), renderChecksums([...binaries, ...others]));
  await packagesFor(options, folder, binaries);
  say(`\n${folder} is complete; see RELEASE_NOTES.md there`);
}

async function buildOnce({ root, scratch, repository }: ReleaseOptions, target: Target) {
  const runtime = await verifiedRuntime(target, scratch);
  const built = await buildTarget({
    target,
    folder: join(scratch, target.name, "first"),
    runtime,
    repository,
    checkout: root,
  });
  const metafile: unknown = JSON.parse(readFileSync(built.metafile, "utf8"));
  return { ...built, folders: packageFolders(metafile) };
}

async function buildAgain(
  { root, scratch, repository }: ReleaseOptions,
  target: Target,
  folders: readonly string[],
  expected: string,
): Promise<void> {
  const checkout = join(scratch, "a", "deeper", "copy");
  if (!existsSync(checkout)) copyCheckout(root, folders, checkout);
  const runtime = await verifiedRuntime(target, scratch);
  const { path } = await buildTarget({
    target,
    folder: join(scratch, target.name, "second"),
    runtime,
    repository,
    checkout,
  });
  const found = await sha256OfFile(path);
  if (found !== expected) throw new Error(`two builds of ${target.name} differ: ${expected}, then ${found}`);
}

/** Writes what tells of what is inside. */
async function describeContents(
  { root, targets }: ReleaseOptions,
  folder: string,
  packages: readonly BundledPackage[],
  binaries: readonly Checksum[],
  date: Date,
): Promise<Checksum[]> {
  const bunPage = readBunLicences(root);
  const components = bunComponents(bunPage, process.versions);
  const ownLicence = readFileSync(join(root, "LICENSE"), "utf8");
  const inside = { program: `${name} ${version}`, ownLicence, packages, bunVersion: BUN_VERSION, bunPage };
  await Bun.write(join(folder, LICENCES), renderLicences({ ...inside, bunComponents: components }));
  const bun = { version: BUN_VERSION, components, runtimes: targets };
  const sbom = renderSbom({ program: { name, version, license }, date, binaries, packages, bun });
  await sbomCheck()(sbom);
  await Bun.write(join(folder, SBOM), sbom);
  return Promise.all([LICENCES, SBOM].map((file) => checksum(folder, file)));
}

async function installScripts({ root, repository, say }: ReleaseOptions, folder: string): Promise<Checksum[]> {
  if (repository === undefined) {
    say("no install scripts: they need --repository OWNER/NAME");
    return [];
  }
  const files = ["install.sh", "install.ps1"];
  const keyFile = join(root, PUBLIC_KEY_FILE);
  const publicKey = existsSync(keyFile) ? readFileSync(keyFile, "utf8") : undefined;
  if (publicKey === undefined) say(`the install scripts ask for no signature: there is no ${PUBLIC_KEY_FILE}`);
  for (const file of files) {
    const script = readFileSync(join(root, "scripts", file), "utf8");
    await Bun.write(join(folder, file), installScriptFor(script, repository, publicKey));
  }
  chmodSync(join(folder, "install.sh"), 0o755);
  return Promise.all(files.map((file) => checksum(folder, file)));
}

/** Fills dist/packages, with what package managers are given: these need every platform, and an address. */
async function packagesFor(options: ReleaseOptions, binaries: string, checksums: readonly Checksum[]): Promise<void> {
  const { root, repository, targets, say } = options;
  const folder = join(root, "dist/packages");
  rmSync(folder, { recursive: true, force: true });
  if (repository === undefined || targets.length < TARGETS.length) {
    say("no packages: they need --repository OWNER/NAME, and every target");
    return;
  }
  const facts = { name, version, license, repository };
  const manifests = renderManifests({ ...facts, publisher: PUBLISHER, binaries: checksums });
  for (const [path, text] of Object.entries(manifests)) await Bun.write(join(folder, path), text);
  await writeNpmPackages({ ...facts, targets, binaries, folder: join(folder, "npm"), root });
  say(`${folder} has what Homebrew, Scoop, winget and npm are given`);
}

async function checksum(folder: string, file: string): Promise<Checksum> {
  return { name: file, sha256: await sha256OfFile(join(folder, file)) };
}

async function figuresHere(root: string, folder: string, targets: readonly Target[]): Promise<Measured | undefined> {
  const here = targets.find(isThisMachine);
  if (here === undefined) return undefined;
  const [cpu] = cpus();
  const machine = `${cpus().length} x ${cpu?.model.trim() ?? "unknown"}, ${platform()} ${systemRelease()}`;
  const load = `load average ${loadavg()[0]?.toFixed(1) ?? "unknown"} before`;
  const binary = join(folder, fileName(here));
  const claude = join(root, "node_modules/.bin", platform() === "win32" ? "claude.exe" : "claude");
  const [withoutClaude, withClaude] = [await measure(binary), await measure(binary, claude)];
  return { target: here.name, machine: `${machine}, ${load}`, withoutClaude, withClaude };
}

function checkTag(tag: string | undefined, released: boolean): void {
  if (tag === undefined) return;
  if (tag !== `v${version}`) throw new Error(`the tag is ${tag}, and package.json has the version ${version}`);
  if (!released) throw new Error(`CHANGELOG.md has no section ${version}`);
}

async function describeCommit(root: string): Promise<{ name: string; date: Date }> {
  const told = await Bun.$`git log -1 --format=%H%n%cI`.cwd(root).quiet().text();
  const [hash = "", date = ""] = told.split("\n");
  const changed = (await Bun.$`git status --porcelain`.cwd(root).quiet().text()).trim() !== "";
  return { name: `commit ${hash}${changed ? ", with changes that are not committed" : ""}`, date: new Date(date) };
}

/**
 * Copies what a build reads to another folder: the sources, and the packages that go into the bundle, so that no path of the checkout is the
 * same.
 */
function copyCheckout(root: string, packages: readonly string[], copy: string): void {
  for (const path of ["src", "package.json", "tsconfig.json", "bunfig.toml", "bun.lock", ...packages]) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path), { recursive: true, dereference: true });
  }
}
