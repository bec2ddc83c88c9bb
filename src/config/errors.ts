/** What the system says by a code, as a person would. */
const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "there is no such file",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "it is a folder",
  ENOTEMPTY: "the folder is not empty",
  EEXIST: "it is there already",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "your part of the disk is full",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open in this process",
  ENFILE: "too many files are open on this machine",
  EBUSY: "another program uses it",
  ETXTBSY: "it is a program that runs",
  EXDEV: "it is on another disk",
  EIO: "the disk cannot be read or written",
};

const DEEDS: Readonly<Record<string, string>> = {
  open: "open",
  read: "read",
  write: "write",
  stat: "look at",
  lstat: "look at",
  access: "look at",
  realpath: "look at",
  readlink: "look at",
  scandir: "look into",
  mkdir: "make the folder",
  rename: "replace",
  unlink: "remove",
  rm: "remove",
  rmdir: "remove",
  chmod: "set the permissions of",
};

/** What some work gives; undefined where it throws. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Why something failed: what the system says in words, else what the error says. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return ("code" in thrown && typeof thrown.code === "string" && WORDS[thrown.code]) || thrown.message;
}

/** A failure's message, which names what was done to which path where the system has refused it. */
export function messageOf(error: unknown): string {
  const reason = reasonOf(error);
  if (!(error instanceof Error) || reason === error.message) return reason;
  const deed = ("syscall" in error && typeof error.syscall === "string" && DEEDS[error.syscall]) || "use";
  const path = "path" in error && typeof error.path === "string" ? error.path : "a file";
  return `cannot ${deed} ${path}: ${reason}.`;
}

/** A setting that cannot be used. The message is for people: where the setting came from and what would be accepted. */
export class ConfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
