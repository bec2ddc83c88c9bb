import { existsSync } from "node:fs";
import { backupPath } from "./backup.ts";
import { undo } from "./config-file/change.ts";
import { FORMATS } from "./config-file/formats.ts";
import { newText } from "./config-file/new-text.ts";
import { linkTarget, readStoredFile, removeFile, replaceFile } from "./config-file/stored-file.ts";
import { confirmed } from "./confirm.ts";
import type { FileTask } from "./file-task.ts";
import { shownDiff } from "./shown-diff.ts";
import { parseFile, unlessUnsafe } from "./write-file.ts";

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
  const blank = newText(file.format, file.blank);
  const undone = unlessUnsafe(path, () => undo({ format, text, backup: old?.text, blank, own: file.own }));
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
