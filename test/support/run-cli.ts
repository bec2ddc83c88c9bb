import { readFileSync } from "node:fs";
import type { Surroundings } from "../../src/cli/command.ts";
import { runCommandLine } from "../../src/cli/run.ts";
import { createStyle } from "../../src/cli/terminal/text.ts";
import { FakeSystem } from "./fake-system.ts";

export type CliResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type CliOptions = Partial<Omit<Surroundings, "terminal">> & {
  /** What standard input holds; without it, standard input is a terminal at which nobody types. */
  readonly input?: string;
  /** What is typed at that terminal when the program asks. */
  readonly typed?: string;
  readonly colours?: boolean;
  /** Whether standard output and standard error are a terminal; default false. */
  readonly isTerminal?: boolean;
};

/** Made-up surroundings: no environment, a home that is not there, and a terminal that takes what is written to it. */
export function surroundingsOf(
  options: CliOptions = {},
  write: (stream: "stdout" | "stderr", text: string) => void = () => {},
): Surroundings {
  const { input, typed = "", colours = false, isTerminal = false, ...surroundings } = options;
  const style = createStyle(colours);
  return {
    env: {},
    home: "/nowhere/home",
    platform: "linux",
    version: "1.2.3",
    readFile: (path) => readFileSync(path, "utf8"),
    executable: ["/nowhere/bin/claude-max-api"],
    system: new FakeSystem(),
    terminal: {
      write: (text) => write("stdout", text),
      writeError: (text) => write("stderr", text),
      isTerminal,
      errorIsTerminal: isTerminal,
      abandoned: new AbortController().signal,
      style,
      errorStyle: style,
      input: { isTerminal: input === undefined, read: async () => input ?? "", readLine: async () => typed },
    },
    ...surroundings,
  };
}

/** Runs a command line in this process, as `main.ts` does, in made-up surroundings. */
export async function runCli(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const said = { stdout: "", stderr: "" };
  const surroundings = surroundingsOf(options, (stream, text) => {
    said[stream] += text;
  });
  return { code: await runCommandLine(argv, surroundings), ...said };
}
