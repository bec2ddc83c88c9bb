import { PROGRAM } from "../command.ts";
import type { ClientFile } from "./client.ts";
import { undo } from "./config-file/change.ts";
import type { Format, Path, Tree } from "./config-file/format.ts";
import { newText } from "./config-file/new-text.ts";
import { removeFile, replaceFile, type StoredFile } from "./config-file/stored-file.ts";
import type { Connection } from "./connection.ts";

/** What was in the file before it was written; beside it, so that it is found without us. */
export function backupPath(path: string): string {
  return `${path}.before-${PROGRAM}`;
}

/** What becomes of the copy when the file is written. */
export type BackupPlan =
  /** None is needed: there was no file, or all of it is ours. */
  | { readonly kind: "none" }
  /** The file as it is now. */
  | { readonly kind: "made"; readonly text: string }
  /** The copy is that of the file before it was written first, and nothing else was changed since. */
  | { readonly kind: "kept" }
  /** The file as it is now, but without our settings: somebody changed it since, or set it up by hand. */
  | { readonly kind: "renewed"; readonly text: string };

export type BackupInput = {
  readonly format: Format;
  readonly file: ClientFile;
  readonly connection: Connection;
  /** The file as it is; undefined where there is none. */
  readonly stored: string | undefined;
  /** What the file means, or a new one would. */
  readonly current: Tree;
  readonly backup: string | undefined;
};

/** Throws FormatError where the file without our settings cannot be told. */
export function planBackup({ format, file, connection, stored, current, backup }: BackupInput): BackupPlan {
  if (stored === undefined) return { kind: "none" };
  if (file.own(current).length === 0) return { kind: "made", text: stored };
  const byHand = (file.chosenByHand?.(current, connection) ?? []).map(asKey);
  const own = (tree: Tree) => file.own(tree).filter((path) => !byHand.includes(asKey(path)));
  const undone = undo({ format, text: stored, backup, blank: newText(file.format, file.blank), own });
  const isUntouched = undone.kind === "restored" && byHand.length === 0;
  if (isUntouched || undone.kind === "nothing" || undone.text === undefined) {
    return { kind: backup === undefined ? "none" : "kept" };
  }
  return { kind: "renewed", text: undone.text };
}

function asKey(path: Path): string {
  return path.join("\0");
}

/** Does what was planned around the writing: where that fails, all is as it was. */
export function writeWithBackup(
  plan: BackupPlan,
  path: string,
  stored: StoredFile | undefined,
  old: StoredFile | undefined,
  write: () => void,
): void {
  const backup = backupPath(path);
  const isWritten = stored !== undefined && (plan.kind === "made" || plan.kind === "renewed");
  if (isWritten) replaceFile(backup, { ...stored, text: plan.text });
  try {
    write();
  } catch (error) {
    if (isWritten && old === undefined) removeFile(backup);
    if (isWritten && old !== undefined) replaceFile(backup, old);
    throw error;
  }
  // It belongs to a file that is no more.
  if (plan.kind === "none") removeFile(backup);
}

const NOTICES: Readonly<Record<BackupPlan["kind"], string | undefined>> = {
  none: undefined,
  made: "What it held before is in",
  kept: "The file from before the first --write is in",
  renewed: "What it held before, without these settings, is in",
};

/** Where to find what the file held; nothing where there was nothing. */
export function backupNotice({ kind }: BackupPlan, path: string): string {
  const notice = NOTICES[kind];
  return notice === undefined ? "" : `${notice} ${backupPath(path)}.\n`;
}
