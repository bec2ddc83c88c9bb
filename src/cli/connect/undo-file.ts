import { existsSync } from "node:fs";
import { undo } from "./config-file/change.ts";
import { FORMATS } from "./config-file/formats.ts";
import { readStoredFile, removeFile, replaceFile } from "./config-file/stored-file.ts";
import { unifiedDiff } from "./config-file/unified-diff.ts";
import { confirmed } from "./confirm.ts";
import type { FileTask } from "./file-task.ts";
import { backupPath, parseFile, unlessUnsafe, without } from "./write-file.ts";

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
  const undone = unlessUnsafe(path, () => undo({ format, text, backup: old?.text, blank: file.blank, own: file.own }));
  if (undone.kind === "nothing") {
    terminal.writeError(`Nothing to undo: ${path} names no such server.\n`);
    return 0;
  }
  const after = undone.text ?? "";
  terminal.write(without(secrets, unifiedDiff(text, after, path, terminal.style)));
  if (undone.kind === "edited") terminal.writeError(`${path} was changed since: only these lines are taken back.\n`);
  if (mode.dryRun) return 0;
  const removes = undone.text === undefined;
  if (!(await confirmed(removes ? `Remove ${path}?` : `Write this to ${path}?`, mode, terminal))) return 1;
  if (removes) removeFile(path);
  else replaceFile(path, { ...stored, text: after }, stored);
  removeFile(backup);
  terminal.writeError(`${removes ? "Removed" : "Wrote"} ${path}.\n`);
  return 0;
}
