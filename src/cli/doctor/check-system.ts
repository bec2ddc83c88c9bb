import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { quoted } from "../../claude/cli/shell-word.ts";
import { ensureEmptyDirectory } from "../../claude/cli/working-directory.ts";
import { availableMb, ROOM_MB } from "../../claude/pool/memory.ts";
import { stateDirectory, workingDirectory } from "../../config/paths.ts";
import { PROGRAM, type Surroundings } from "../command.ts";
import type { Finding } from "./finding.ts";
import { installedService, stopServiceCommand } from "./installed-service.ts";

/** Whether the server is started by the system, which it need not be. */
export function checkService(surroundings: Surroundings): Finding {
  const service = installedService(surroundings);
  if (service === undefined) {
    return { check: "service", status: "ok", message: "None is installed: the server runs as long as you let it." };
  }
  const { file, isOlderPackage } = service;
  if (!isOlderPackage) return { check: "service", status: "ok", message: `Installed: ${file}.`, facts: { file } };
  return {
    check: "service",
    status: "warning",
    message: `${file} starts the older npm package claude-max-api-proxy, on the port of this server.`,
    command: stopServiceCommand(surroundings),
    facts: { file },
  };
}

/** Whether the places that the server writes to can be had; the CLI's is made if it is not there, as the server would make it. */
export function checkFolders(surroundings: Surroundings, { store }: { readonly store: boolean }): Finding[] {
  return [
    checkWorkingDirectory(surroundings),
    ...(store ? [checkState(stateDirectory(surroundings), surroundings)] : []),
  ];
}

function checkWorkingDirectory(surroundings: Surroundings): Finding {
  const path = workingDirectory(surroundings);
  try {
    ensureEmptyDirectory(path);
    return { check: "folders", status: "ok", message: `${path} is there for the CLI to run in.`, facts: { path } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const command = existsSync(path)
      ? moveAwayCommand(path, surroundings)
      : ownCommand(existingPart(path), surroundings);
    return { check: "folders", status: "problem", message, command, facts: { path } };
  }
}

function checkState(path: string, surroundings: Surroundings): Finding {
  const existing = existingPart(path);
  try {
    accessSync(existing, constants.W_OK);
    return { check: "folders", status: "ok", message: `Responses can be stored in ${path}.`, facts: { path } };
  } catch {
    return {
      check: "folders",
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

function moveAwayCommand(path: string, { platform }: Surroundings): string {
  return `mv ${quoted(path, platform)} ${quoted(`${path}.old`, platform)}`;
}

function ownCommand(path: string, { platform }: Surroundings): string {
  return platform === "win32"
    ? `icacls ${quoted(path, platform)} /grant "$($env:USERNAME):(OI)(CI)F"`
    : `sudo chown "$USER" ${quoted(path, platform)}`;
}

/** Whether one more CLI process would be started. `availableInMb` is infinite where the system does not tell. */
export function checkMemory(availableInMb = availableMb()): Finding {
  if (!Number.isFinite(availableInMb)) {
    return {
      check: "memory",
      status: "not_checked",
      message: "This system does not tell what is left; --max-workers bounds the CLI's processes, about 200 MB each.",
    };
  }
  const available = Math.floor(availableInMb);
  const facts = { available_mb: available, needed_mb: ROOM_MB };
  if (available >= ROOM_MB) return { check: "memory", status: "ok", message: `${available} MB are available.`, facts };
  return {
    check: "memory",
    status: "warning",
    message: `Only ${available} MB are available: below ${ROOM_MB} no CLI process is kept ready, and answers begin later.`,
    command: `${PROGRAM} --warm 0 --max-workers 1`,
    facts,
  };
}
