import { join } from "node:path";
import { CLAUDE, TEST_TOKEN } from "./harness.ts";

/** The program run from its source. */
export const FROM_SOURCE = [process.execPath, "--no-env-file", join(import.meta.dir, "../../src/main.ts")];

export type Program = {
  readonly child: Bun.Subprocess<"ignore" | "pipe", "pipe", "pipe">;
  /** Where the server listens; rejects when the program ends without saying so. */
  readonly url: Promise<string>;
  /** Everything printed, once the program has ended. */
  readonly stdout: Promise<string>;
  readonly stderr: Promise<string>;
};

/** The program, or what `command` runs as it, as a process of its own, in a home directory that tells its children apart. */
export function runProgram(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  command: readonly string[] = FROM_SOURCE,
  stdin: "ignore" | "pipe" = "ignore",
): Program {
  const child = Bun.spawn([...command, ...args], {
    cwd: home,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: home,
      CLAUDE_CODE_OAUTH_TOKEN: TEST_TOKEN,
      CLAUDE_MAX_API_CLAUDE_PATH: CLAUDE,
      ...env,
    },
    stdin,
    stdout: "pipe",
    stderr: "pipe",
  });
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  url.catch(() => {});
  const readStdout = async () => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of child.stdout) {
      text += decoder.decode(chunk, { stream: true });
      const found = /listens on (http:\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    }
    reject(new Error(`the program ended without listening: ${text}`));
    return text;
  };
  return { child, url, stdout: readStdout(), stderr: new Response(child.stderr).text() };
}
