import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { reasonOf } from "../../../config/errors.ts";

/** A text file of somebody else's program, with the mark that editors of Windows put first. */
export type StoredFile = {
  readonly text: string;
  readonly mark: string;
  readonly mode: number;
};

const MARK = "\uFEFF";
/** What other users need not read: keys stand in such files. */
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Undefined where there is none. Throws where it cannot be read, or is no UTF-8. */
export function readStoredFile(path: string): StoredFile | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new Error(`cannot read ${path}: ${reasonOf(error)}.`, { cause: error });
  }
  const text = decode(bytes, path);
  const mark = text.startsWith(MARK) ? MARK : "";
  return { text: text.slice(mark.length), mark, mode: statSync(path).mode & 0o7777 };
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Error(`${path} is left as it is: it is no UTF-8 text.`, { cause });
  }
}

/** A file that was not there before. */
export function newFile(text: string): StoredFile {
  return { text, mark: "", mode: PRIVATE_FILE };
}

/**
 * Puts a file in its place at once, so that nobody ever reads half of it; where the path is a link, in that of what it leads to.
 * `before` is the text that was read there: a file that changed meanwhile is left alone.
 */
export function replaceFile(path: string, file: StoredFile, before?: { readonly text: string | undefined }): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
    const target = targetOf(path);
    const draft = `${target}.${process.pid}.tmp`;
    try {
      writeDraft(draft, file, linkTarget(path));
      if (before && readStoredFile(path)?.text !== before.text) throw new Error("another program changed it meanwhile");
      renameSync(draft, target);
    } catch (error) {
      if (existsSync(draft)) rmSync(draft);
      throw error;
    }
  } catch (error) {
    throw new Error(`cannot write ${path}: ${reasonOf(error)}.`, { cause: error });
  }
}

function writeDraft(path: string, { mark, text, mode }: StoredFile, target: string | undefined): void {
  try {
    const descriptor = openSync(path, "wx", mode);
    try {
      writeFileSync(descriptor, mark + text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    // The mode above is what the process's mask leaves of it.
    chmodSync(path, mode);
  } catch (error) {
    if (target === undefined) throw error;
    // Who reads the path alone looks for the reason in the wrong folder.
    throw new Error(`it is a link to ${target}, which cannot be written: ${reasonOf(error)}`, { cause: error });
  }
}

/** Where the path is a link, the link stays, and what it leads to is removed. */
export function removeFile(path: string): void {
  rmSync(targetOf(path), { force: true });
}

/** What a link leads to, whether it is there or not; undefined where the path is no link. */
export function linkTarget(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? targetOf(path) : undefined;
}

function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const link = lstatSync(path, { throwIfNoEntry: false });
    // A link that leads nowhere yet: the file is made where it leads.
    return link?.isSymbolicLink() ? targetOf(resolve(dirname(path), readlinkSync(path))) : path;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
