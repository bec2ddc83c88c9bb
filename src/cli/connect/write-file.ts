import { existsSync } from "node:fs";
import { PROGRAM } from "../command.ts";
import { backupNotice, backupPath, planBackup, writeWithBackup } from "./backup.ts";
import { withEntries } from "./config-file/change.ts";
import { type Format, FormatError, type FormatName, type Tree } from "./config-file/format.ts";
import { FORMATS } from "./config-file/formats.ts";
import { newText } from "./config-file/new-text.ts";
import { newFile, readStoredFile, replaceFile } from "./config-file/stored-file.ts";
import { confirmed } from "./confirm.ts";
import { type Connection, KEY_VARIABLE } from "./connection.ts";
import type { FileTask } from "./file-task.ts";
import { shownDiff } from "./shown-diff.ts";

/** Sets what the client has to know in its own file. */
export async function writeFile(
  { name, title, file, mode, surroundings, secrets }: FileTask,
  connection: Connection,
): Promise<number> {
  const { terminal } = surroundings;
  const format = FORMATS[file.format];
  const path = file.path(surroundings, existsSync);
  const stored = readStoredFile(path);
  const text = stored === undefined || stored.text.trim() === "" ? newText(file.format, file.blank) : stored.text;
  const current = parseFile(format, file.format, text, path);
  const changed = unlessUnsafe(path, () => withEntries(format, text, file.entries(connection, current)));
  const notes = (file.hindrances?.(format.parse(changed)) ?? []).map((note) => `Note: ${note}\n`).join("");
  if (changed === stored?.text) {
    terminal.writeError(`Nothing to change: ${path} has it all.\n${notes}`);
    return 0;
  }
  terminal.write(shownDiff({ from: stored?.text ?? "", to: changed, path, style: terminal.style, format, secrets }));
  terminal.writeError(notes);
  if (mode.dryRun) return 0;
  if (!(await confirmed(`Write this to ${path}?`, mode, terminal))) return 1;
  const old = readStoredFile(backupPath(path));
  const plan = unlessUnsafe(path, () =>
    planBackup({ format, file, connection, stored: stored?.text, current, backup: old?.text }),
  );
  writeWithBackup(plan, path, stored, old, () =>
    replaceFile(path, stored ? { ...stored, text: changed } : newFile(changed), { text: stored?.text }),
  );
  terminal.writeError(`${stored === undefined ? "Made" : "Wrote"} ${path}.\n`);
  const notice = backupNotice(plan, path);
  if (notice !== undefined) terminal.writeError(`${notice}\n`);
  terminal.writeError(`${file.afterwards}\nTo take it back: ${PROGRAM} connect ${name} --undo\n`);
  if (connection.keyRequired && changed.includes(KEY_VARIABLE)) terminal.writeError(keyNotice(title));
  return 0;
}

function keyNotice(title: string): string {
  return `The server wants a key, which is not written: set ${KEY_VARIABLE} to one of yours where ${title} runs.\n`;
}

const NAMES: Readonly<Record<FormatName, string>> = { json5: "JSON5", jsonc: "JSON with comments", toml: "TOML" };

/** Throws an error that says where a file is broken. */
export function parseFile(format: Format, name: FormatName, text: string, path: string): Tree {
  try {
    return format.parse(text);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new Error(`${path} is left as it is, since it cannot be read as ${NAMES[name]}: ${error.message}`, {
      cause: error,
    });
  }
}

/** A change that cannot be made, or would change something else, is not made. */
export function unlessUnsafe<T>(path: string, change: () => T): T {
  try {
    return change();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new Error(`${path} is left as it is: ${error.message}. Change it by hand.`, { cause: error });
  }
}
