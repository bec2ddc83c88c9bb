import { copyFileSync, linkSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DESCRIPTION } from "./manifests.ts";
import { fileName, type Target } from "./targets.ts";

export type NpmOptions = {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly repository: string;
  readonly targets: readonly Target[];
  /** Where the binaries are, under the release's names. */
  readonly binaries: string;
  /** Where to put the packages, a folder each. */
  readonly folder: string;
  /** The checkout, for the launcher, the README and the licence. */
  readonly root: string;
};

/**
 * Writes the packages for npm: one with a launcher, and one for each platform with its binary. The first names the others as optional
 * dependencies, of which npm installs those whose system, processor and C library are its own: no script runs at installation.
 */
export async function writeNpmPackages(options: NpmOptions): Promise<void> {
  const { name, targets, root, folder, binaries } = options;
  for (const target of targets) {
    const place = join(folder, `${name}-${target.name}`);
    mkdirSync(place, { recursive: true });
    await Bun.write(join(place, "package.json"), json(platformPackage(options, target)));
    await Bun.write(join(place, "README.md"), `The binary of \`${name}\` for ${target.name}. Install \`${name}\`.\n`);
    copyFileSync(join(root, "LICENSE"), join(place, "LICENSE"));
    // A link, where the disk has them: the same 100 MB need not lie there twice.
    const [from, to] = [join(binaries, fileName(target)), join(place, binaryName(name, target))];
    try {
      linkSync(from, to);
    } catch {
      copyFileSync(from, to);
    }
  }
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  await Bun.write(join(place, "package.json"), json(launcherPackage(options)));
  for (const [from, to] of [
    ["scripts/npm-launcher.js", "launcher.js"],
    ["README.md", "README.md"],
    ["LICENSE", "LICENSE"],
  ] as const) {
    copyFileSync(join(root, from), join(place, to));
  }
}

/** npm's words for the platform. Older versions of npm do not know `libc`, and install both: the launcher chooses. */
function platformPackage(options: NpmOptions, target: Target): object {
  return {
    ...facts(options, `${options.name}-${target.name}`),
    os: [target.os === "windows" ? "win32" : target.os],
    cpu: [target.arch],
    ...(target.os === "linux" ? { libc: [target.musl ? "musl" : "glibc"] } : {}),
    files: [binaryName(options.name, target)],
    // Plug'n'Play keeps packages in archives, from which nothing can be started.
    preferUnplugged: true,
  };
}

function launcherPackage(options: NpmOptions): object {
  const { name, version, targets } = options;
  return {
    ...facts(options, name),
    keywords: ["claude", "openai", "anthropic", "proxy", "openclaw"],
    type: "module",
    bin: { [name]: "launcher.js" },
    files: ["launcher.js"],
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(targets.map((target) => [`${name}-${target.name}`, version])),
  };
}

function facts({ version, license, repository }: NpmOptions, name: string): object {
  const url = `git+https://github.com/${repository}.git`;
  return { name, version, description: DESCRIPTION, license, repository: { type: "git", url } };
}

function binaryName(name: string, { os }: Target): string {
  return os === "windows" ? `${name}.exe` : name;
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
