import { existsSync } from "node:fs";
import { PROGRAM, type Surroundings } from "../command.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { backupNotice, backupPath, planBackup, writeWithBackup } from "./backup.ts";
import type { ClientFile } from "./client.ts";
import { undo, withEntries } from "./config-file/change.ts";
import { type Format, type FormatName, type Tree, unlessFaulty } from "./config-file/format.ts";
import { FORMATS } from "./config-file/formats.ts";
import { newText } from "./config-file/new-text.ts";
import { linkTarget, newFile, readStoredFile, removeFile, replaceFile } from "./config-file/stored-file.ts";
import { type Connection, KEY_VARIABLE } from "./connection.ts";
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
  terminal.writeError(backupNotice(plan, path));
  terminal.writeError(`${file.afterwards}\nTo take it back: ${PROGRAM} connect ${name} --undo\n`);
  if (connection.keyRequired && changed.includes(KEY_VARIABLE)) {
    const where = `set ${KEY_VARIABLE} to one of yours where ${title} runs`;
    terminal.writeError(`The server wants a key, which is not written: ${where}.\n`);
  }
  return 0;
}

const NAMES: Readonly<Record<FormatName, string>> = { json5: "JSON5", jsonc: "JSON with comments", toml: "TOML" };

/** Throws an error that says where a file is broken. */
function parseFile(format: Format, name: FormatName, text: string, path: string): Tree {
  return unlessFaulty(
    () => format.parse(text),
    (cause) => {
      const why = `it cannot be read as ${NAMES[name]}: ${cause.message}`;
      throw new Error(`${path} is left as it is, since ${why}`, { cause });
    },
  );
}

/** A change that cannot be made, or would change something else, is not made. */
function unlessUnsafe<T>(path: string, change: () => T): T {
  return unlessFaulty(change, (cause) => {
    throw new Error(`${path} is left as it is: ${cause.message}. Change it by hand.`, { cause });
  });
}

/** Takes back what was written: the file as it was before, or, where it was changed since, without what is ours. */
export async function undoFile({ file, mode, surroundings, secrets }: FileTask): Promise<number> {
  const { terminal } = surroundings;
  const format = FORMATS[file.format];
  const path = file.path(surroundings, existsSync);
  const stored = readStoredFile(path);
  const text = stored?.text ?? "";
  if (stored === undefined || text.trim() === "") {
    terminal.writeError(`Nothing to undo: there is nothing in ${path}.\n`);
    return 0;
  }
  parseFile(format, file.format, text, path);
  const backup = backupPath(path);
  const old = readStoredFile(backup);
  const undone = unlessUnsafe(path, () =>
    undo({ format, text, backup: old?.text, blank: newText(file.format, file.blank), own: file.own }),
  );
  if (undone.kind === "nothing") {
    terminal.writeError(`Nothing to undo: ${path} names no such server.\n`);
    return 0;
  }
  const after = undone.text ?? "";
  terminal.write(shownDiff({ from: text, to: after, path, style: terminal.style, format, secrets }));
  if (undone.kind === "edited") terminal.writeError(`${editedNotice(path, old !== undefined)}\n`);
  if (mode.dryRun) return 0;
  const removes = undone.text === undefined;
  // A link was there before the file was made, and stays.
  const made = linkTarget(path) ?? path;
  if (!(await confirmed(removes ? `Remove ${made}?` : `Write this to ${path}?`, mode, terminal))) return 1;
  if (removes) removeFile(path);
  else replaceFile(path, { ...stored, text: after }, stored);
  terminal.writeError(removes ? `Removed ${made}.\n` : `Wrote ${path}.\n`);
  if (undone.kind === "restored") removeFile(backup);
  else if (old !== undefined) terminal.writeError(`What it held before it was set up stays in ${backup}.\n`);
  return 0;
}

function editedNotice(path: string, hasBackup: boolean): string {
  if (hasBackup) return `${path} was changed since: only these lines are taken back.`;
  return (
    `There is no copy of what ${path} held before, so these lines are taken out, and what stood there before them cannot be ` +
    "brought back."
  );
}

/** Whether to go on after the change was shown; says why not. */
async function confirmed(question: string, mode: Mode, { input, writeError }: Terminal): Promise<boolean> {
  if (mode.yes) return true;
  if (!input.isTerminal) {
    writeError("Nothing is written: there is no terminal to ask at. Say --yes to write, or --dry-run to look only.\n");
    return false;
  }
  writeError(`${question} [y/N] `);
  if (/^\s*y(es)?\s*$/i.test(await input.readLine())) return true;
  writeError("Nothing is written.\n");
  return false;
}

/** What the flags ask for: to show, to write, or to undo. */
export type Mode = { readonly kind: "show" | "write" | "undo"; readonly dryRun: boolean; readonly yes: boolean };

/** What is done to a client's file, and with what. */
export type FileTask = {
  readonly name: string;
  readonly title: string;
  readonly file: ClientFile;
  readonly mode: Mode;
  readonly surroundings: Surroundings;
  /** The server's keys, which are not shown even where the file holds one. */
  readonly secrets: readonly string[];
};
