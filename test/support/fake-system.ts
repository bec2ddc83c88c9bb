import type { CommandResult, System } from "../../src/cli/system.ts";

type Answer = (argv: readonly string[]) => Partial<CommandResult> | undefined;

/** A system made of a few files, on which programs only say what they are told to say; it keeps what was done to it. */
export class FakeSystem implements System {
  uid: number | undefined = 1000;
  userName = "jane";
  cwd = "/home/jane/work";
  /** Path to content, and mode. */
  readonly files = new Map<string, { readonly content: string | Uint8Array; readonly mode: number }>();
  /** Programs that can be run by their path, and links among them: path to where it leads. */
  readonly programs = new Map<string, string>();
  /** Everything that was run, in order, one command each. */
  readonly commands: string[] = [];
  /** Every file operation, in order. */
  readonly changes: string[] = [];
  sleeps = 0;
  /** What a program says; by default it succeeds in silence. Undefined: there is no such program. */
  answer: Answer = () => ({});

  exists = (path: string) => this.files.has(path);
  isExecutable = (path: string) => this.programs.has(path);
  realPath = (path: string) => this.programs.get(path);
  permissions = (path: string) => this.files.get(path)?.mode;
  readonly writeFile = (path: string, content: string | Uint8Array, mode: number) => {
    this.changes.push(`write ${path}`);
    this.files.set(path, { content, mode });
  };
  readonly makeFolder = (path: string) => void this.changes.push(`folder ${path}`);
  readonly move = (from: string, to: string) => {
    this.changes.push(`move ${from} ${to}`);
    const file = this.files.get(from);
    if (file === undefined) throw new Error(`there is no ${from}`);
    this.files.delete(from);
    this.files.set(to, file);
  };
  readonly remove = (path: string) => {
    this.changes.push(`remove ${path}`);
    this.files.delete(path);
  };
  readonly run = async (argv: readonly string[]) => {
    this.commands.push(argv.join(" "));
    const answer = this.answer(argv);
    return answer && { code: 0, stdout: "", stderr: "", ...answer };
  };
  /** What was set in the environment of the program that was last run in this terminal. */
  attached: Readonly<Record<string, string | undefined>> = {};
  readonly attach = async (argv: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) => {
    this.attached = env;
    return (await this.run(argv))?.code;
  };
  readonly sleep = async () => {
    this.sleeps += 1;
  };

  /** Reads these files as the program reads files: as UTF-8. */
  readonly readFile = (path: string) => {
    const file = this.files.get(path);
    if (file === undefined) throw Object.assign(new Error(`ENOENT: no such file ${path}`), { code: "ENOENT" });
    return typeof file.content === "string" ? file.content : Buffer.from(file.content).toString("utf8");
  };
}
