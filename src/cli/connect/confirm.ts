import type { Terminal } from "../terminal/terminal.ts";
import type { Mode } from "./file-task.ts";

/** Whether to go on after the change was shown; says why not. */
export async function confirmed(question: string, mode: Mode, { input, writeError }: Terminal): Promise<boolean> {
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
