import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { workingDirectory } from "../../../src/config/paths.ts";
import { type CliOptions, type CliResult, runCli } from "../../support/run-cli.ts";

export const LOGGED_IN = { loggedIn: true, authMethod: "claude.ai", subscriptionType: "max" };

type Finding = { check: string; status: string; message: string; command?: string; facts?: Record<string, unknown> };

/** A home directory with a `claude` of a few lines, in which the doctor looks around. */
export class MadeUpMachine implements Disposable {
  readonly home = mkdtempSync(join(tmpdir(), "doctor-"));
  readonly env: Record<string, string> = { PATH: join(this.home, "bin") };

  constructor() {
    this.installClaude();
  }

  /** A `claude` that answers `--version` and `auth status`; returns its path. */
  installClaude({ version = "2.1.330", status = LOGGED_IN, folder = "bin" }: ClaudeFacts = {}): string {
    const auth = `cat <<'END'\n${JSON.stringify(status)}\nEND\n`;
    const script = `#!/bin/sh\nPATH=/usr/bin:/bin\ncase "$*" in\n--version) echo '${version}' ;;\n*"auth status") ${auth} ;;\nesac\n`;
    return this.write(join(folder, "claude"), script, 0o755);
  }

  /** Writes a file below the home directory; returns its path. */
  write(path: string, text: string, mode = 0o600): string {
    const file = join(this.home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
    return file;
  }

  /** Port 0 where nothing else is said: no test depends on who is on the usual one. */
  doctor(args: readonly string[] = ["--port", "0"], options: CliOptions = {}): Promise<CliResult> {
    return runCli(["doctor", ...args], { home: this.home, env: this.env, ...options });
  }

  /** The findings on one thing, as programs get them. */
  async findings(check: string, args?: readonly string[], options?: CliOptions): Promise<Finding[]> {
    const { stdout } = await this.doctor([...(args ?? ["--port", "0"]), "--json"], options);
    const { findings }: { findings: Finding[] } = JSON.parse(stdout);
    return findings.filter((finding) => finding.check === check);
  }

  [Symbol.dispose](): void {
    rmSync(this.home, { recursive: true, force: true });
    // Where the system is made up as Windows, the folder's path is a name here, and is made where the tests run.
    const path = workingDirectory({ platform: "win32", env: this.env, home: this.home });
    rmSync(path, { recursive: true, force: true });
  }
}

type ClaudeFacts = { readonly version?: string; readonly status?: object; readonly folder?: string };
