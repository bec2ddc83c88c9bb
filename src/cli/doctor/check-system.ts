import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { quoted } from "../../claude/cli/shell-commands.ts";
import { ensureEmptyDirectory } from "../../claude/cli/working-files.ts";
import { availableMb, ROOM_MB } from "../../claude/pool/memory.ts";
import { messageOf } from "../../config/errors.ts";
import { OPTIONS } from "../../config/options.ts";
import { stateDirectory, workingDirectory } from "../../config/paths.ts";
import type { Surroundings } from "../command.ts";
import type { Told } from "./finding.ts";
import type { StartCommand } from "./suggested-commands.ts";

/** Whether the places that the server writes to can be had; the CLI's is made if it is not there, as the server would make it. */
export function checkFolders(surroundings: Surroundings, { store }: { readonly store: boolean }): Told[] {
  return [
    checkWorkingDirectory(surroundings),
    ...(store ? [checkState(stateDirectory(surroundings), surroundings)] : []),
  ];
}

function checkWorkingDirectory(surroundings: Surroundings): Told {
  const path = workingDirectory(surroundings);
  try {
    ensureEmptyDirectory(path);
    return { status: "ok", message: `${path} is there for the CLI to run in.`, facts: { path } };
  } catch (error) {
    const message = messageOf(error);
    const command = existsSync(path)
      ? `mv ${quoted(path, surroundings.platform)} ${quoted(`${path}.old`, surroundings.platform)}`
      : ownCommand(existingPart(path), surroundings);
    return { status: "problem", message, command, facts: { path } };
  }
}

function checkState(path: string, surroundings: Surroundings): Told {
  const existing = existingPart(path);
  try {
    accessSync(existing, constants.W_OK);
    return { status: "ok", message: `Responses can be stored in ${path}.`, facts: { path } };
  } catch {
    return {
      status: "warning",
      message: `Responses cannot be stored: ${existing} cannot be written to.`,
      command: ownCommand(existing, surroundings),
      facts: { path },
    };
  }
}

/** The nearest folder above that is there already. */
function existingPart(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existingPart(dirname(path));
}

/** Lets the user write to a folder: by its mode where it is the user's own. */
export function ownCommand(
  path: string,
  { platform, system }: { readonly platform: NodeJS.Platform; readonly system: Pick<Surroundings["system"], "uid"> },
): string {
  const folder = quoted(path, platform);
  if (platform === "win32") return `icacls ${folder} /grant "$($env:USERNAME):(OI)(CI)F"`;
  return statSync(path).uid === system.uid ? `chmod u+w ${folder}` : `sudo chown "$USER" ${folder}`;
}

/** Whether one more CLI process would be started. `availableInMb` is infinite where the system does not tell. */
export function checkMemory(startCommand: StartCommand, availableInMb = availableMb()): Told {
  if (!Number.isFinite(availableInMb)) {
    return {
      status: "not_checked",
      message: "This system does not tell what is left; --max-workers bounds the CLI's processes, about 200 MB each.",
    };
  }
  const available = Math.floor(availableInMb);
  const facts = { available_mb: available, needed_mb: ROOM_MB };
  if (available >= ROOM_MB) return { status: "ok", message: `${available} MB are available.`, facts };
  return {
    status: "warning",
    message: `Only ${available} MB are available: below ${ROOM_MB} no CLI process is kept ready, and answers begin later.`,
    command: startCommand({ [OPTIONS.warm.flag]: "0", [OPTIONS.maxWorkers.flag]: "1" }),
    facts,
  };
}
