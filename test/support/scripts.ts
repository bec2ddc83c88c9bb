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
