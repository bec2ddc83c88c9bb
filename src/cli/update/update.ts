import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf } from "../../config/errors.ts";
import type { Surroundings } from "../command.ts";
import { interruptible } from "../terminal/signals.ts";
import { expectedHash, fetchBinary, releaseAddress, releaseFile, sha256 } from "./release.ts";

/**
 * Replaces the program by the latest release's. Throws, and leaves everything as it was, where that cannot be. `onlyLooks`: says whether the latest
 * is another one, which has no number of its own to ask for: its hash tells.
 */
export function update(surroundings: Surroundings, { onlyLooks = false } = {}): Promise<number> {
  const { platform, env, terminal, version } = surroundings;
  const place = ownBinary(surroundings, { isOwned: onlyLooks });
  return interruptible(async (signal) => {
    const current = readFileSync(place);
    const file = releaseFile(platform, process.arch, current);
    const base = releaseAddress(env);
    const expected = await expectedHash(base, file, signal);
    const isLatest = sha256(current) === expected;
    if (onlyLooks) {
      const command = ownerOf(place)?.command ?? "claude-max-api update";
      const other = `The latest release is another one than this program, ${version}. Take it with: ${command}\n`;
      terminal.write(isLatest ? `${version} is the latest release.\n` : other);
      return 0;
    }
    if (isLatest) {
      terminal.write(`${place} is the latest release already: ${version}.\n`);
      return 0;
    }
    terminal.writeError(`Fetching ${base}/${file}\n`);
    const fresh = await fetchBinary(base, file, expected, signal);
    const told = await putIntoPlace(surroundings, place, { current, fresh, signal });
    if (told === undefined) return 1;
    terminal.write(
      `Updated ${place} from ${version} to ${told}. ${AFTERWARDS}\nBack to ${version}: claude-max-api update --rollback\n`,
    );
    return 0;
  });
}

/** Puts the replaced program back; the other is kept in its place, so that a second time undoes the first. */
export async function rollBack(surroundings: Surroundings): Promise<number> {
  const { system, terminal } = surroundings;
  const place = ownBinary(surroundings);
  const before = previousOf(place);
  if (!system.exists(before)) {
    terminal.writeError(`There is nothing to go back to: ${before} is not there, and only an update makes it.\n`);
    return 1;
  }
  const told = await versionOf(surroundings, before);
  if (told === undefined) throw new Error(`${before} does not start on this system, and was left where it is.`);
  const aside = `${place}.aside`;
  system.move(place, aside);
  try {
    system.move(before, place);
  } catch (error) {
    system.move(aside, place);
    throw error;
  }
  system.move(aside, before);
  terminal.write(`${place} is ${told} again. ${AFTERWARDS}\n`);
  return 0;
}

const AFTERWARDS =
  "A server that runs goes on as it is until it is started anew (a service: claude-max-api service restart).";

/** The file that is to be replaced. Throws where that is nothing that this program may do. */
function ownBinary({ executable, system }: Surroundings, { isOwned = false } = {}): string {
  const [binary = "", main] = executable;
  if (main !== undefined) {
    throw new Error("this runs from source, which is updated by `git pull`. The releases' binary updates itself.");
  }
  const place = system.realPath(binary) ?? binary;
  const owner = ownerOf(place);
  if (owner && !isOwned) {
    throw new Error(`${owner.name} has installed this program (${place}), and updates it: ${owner.command}`);
  }
  return place;
}

/** Where the replaced program is kept: in the same folder, since it is put back by a rename. */
function previousOf(place: string): string {
  return join(dirname(place), place.endsWith(".exe") ? "claude-max-api.previous.exe" : "claude-max-api.previous");
}

type Replacement = { readonly current: Uint8Array; readonly fresh: Uint8Array; readonly signal: AbortSignal };

/** The new program's own word for its version; undefined where it was interrupted before. */
async function putIntoPlace(
  surroundings: Surroundings,
  place: string,
  { current, fresh, signal }: Replacement,
): Promise<string | undefined> {
  const { system, platform } = surroundings;
  const before = previousOf(place);
  const trial = join(dirname(place), platform === "win32" ? "claude-max-api.new.exe" : "claude-max-api.new");
  try {
    write(trial, () => system.writeFile(trial, fresh, 0o755));
    const told = await versionOf(surroundings, trial);
    if (told === undefined) throw new Error("the new program does not start on this system, and was not installed.");
    if (signal.aborted) return undefined;
    if (platform === "win32") {
      // Windows does not overwrite a program that runs, but it renames it.
      write(before, () => system.move(place, before));
      try {
        system.move(trial, place);
      } catch (error) {
        system.move(before, place);
        throw error;
      }
    } else {
      // A copy, so that at no moment there is no program.
      write(before, () => system.writeFile(before, current, 0o755));
      system.move(trial, place);
    }
    return told;
  } finally {
    system.remove(trial);
  }
}

function write(path: string, deed: () => void): void {
  try {
    deed();
  } catch (cause) {
    throw new Error(
      `${messageOf(cause)} The program was not changed. ${path} must be a file that you may write, and on Windows no program that runs; where another account has installed it, use that one.`,
      { cause },
    );
  }
}

/** What a program says of its version; undefined where it does not start. */
async function versionOf({ system }: Surroundings, program: string): Promise<string | undefined> {
  try {
    const said = await system.run([program, "--version"]);
    return said?.code === 0 && said.stdout.trim() !== "" ? said.stdout.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** A program that puts others into place, and how it is told to replace this one. */
export type Owner = { readonly name: string; readonly command: string };

/**
 * The package manager that a program's real path belongs to; undefined where it is in nobody's folder. A file that one of them has put there
 * must not change beneath it: the next update would bring the old one back, or fail.
 */
export function ownerOf(path: string): Owner | undefined {
  const place = path.replaceAll("\\", "/");
  return OWNERS.find(({ folder }) => folder.test(place));
}

const OWNERS: readonly (Owner & { readonly folder: RegExp })[] = [
  { name: "Homebrew", folder: /\/(Cellar|Caskroom)\//, command: "brew upgrade claude-max-api" },
  { name: "npm", folder: /\/node_modules\//, command: "npm install -g claude-max-api@latest" },
  { name: "Scoop", folder: /\/scoop\/apps\//i, command: "scoop update claude-max-api" },
  { name: "winget", folder: /\/WinGet\/Packages\//i, command: "winget upgrade claude-max-api" },
  { name: "Nix", folder: /^\/nix\/store\//, command: "nix profile upgrade claude-max-api" },
];
