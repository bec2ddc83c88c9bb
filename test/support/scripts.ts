import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of small programs that stand in for others: real processes, not objects that pretend to be some. */
export type Scripts = Disposable & {
  readonly directory: string;
  /** Writes an executable shell script and returns its path. */
  write(name: string, shell: string): string;
};

export function makeScripts(): Scripts {
  const directory = mkdtempSync(join(tmpdir(), "scripts-"));
  return {
    directory,
    write(name, shell) {
      const path = join(directory, name);
      writeFileSync(path, `#!/bin/sh\n${shell}\n`, { mode: 0o755 });
      return path;
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** A `claude` that looks well, and does what `real` says when it is to serve requests. */
export function wrapper(real: string): string {
  return `case "$*" in
--version) echo '2.1.330 (Claude Code)' ;;
*'auth status') echo '{"loggedIn":true,"authMethod":"claude.ai"}' ;;
*) ${real} ;;
esac`;
}
