import type { CommandBlock } from "./command-blocks.ts";

export type Place = {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What stands for the port that the documents name; undefined: that one itself. */
  readonly port?: number;
};

/** What a `.curlrc` has to say for a refused request to be a failure. */
export const CURL_FAILS = "fail-with-body\nsilent\nshow-error\n";

const USUAL_PORT = "3456";
const LIMIT_MS = 180_000;

/** Runs the commands as somebody does who pastes them: one shell, each line after the other. Throws when one fails. */
export async function runBlock(block: CommandBlock, place: Place): Promise<string> {
  const child = spawn(block, place);
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  clearTimeout(limit);
  if (code !== 0) throw new Error(`${where(block)} ended with ${code}:\n${block.code}\n${stdout}${stderr}`);
  return stdout;
}

export type RunningServer = AsyncDisposable & { readonly url: string };

/** Runs commands of which the last one starts a server; resolves when it listens. */
export async function runServerBlock(block: CommandBlock, place: Place): Promise<RunningServer> {
  const child = spawn(block, place);
  const stop = async (url: string) => {
    child.kill("SIGTERM");
    await child.exited;
    // What was started may have been npm, which does not wait for what it started.
    for (let waited = 0; waited < STOP_MS && (await answers(url)); waited += 100) await Bun.sleep(100);
  };
  const errors = new Response(child.stderr).text();
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  const decoder = new TextDecoder();
  let printed = "";
  for await (const chunk of child.stdout) {
    printed += decoder.decode(chunk, { stream: true });
    const url = /listens on (http:\/\/[\w.:[\]]+)/.exec(Bun.stripANSI(printed))?.[1];
    if (url === undefined) continue;
    clearTimeout(limit);
    return { url, [Symbol.asyncDispose]: () => stop(url) };
  }
  throw new Error(`${where(block)} ended without listening:\n${block.code}\n${printed}${await errors}`);
}

const STOP_MS = 15_000;

async function answers(url: string): Promise<boolean> {
  return await fetch(url).then(
    () => true,
    () => false,
  );
}

export function where({ file, line }: CommandBlock): string {
  return `${file}:${line}`;
}

function spawn({ code, mark }: CommandBlock, { cwd, env, port }: Place) {
  const here = port === undefined ? code : code.replaceAll(USUAL_PORT, String(port));
  // The shell makes room for the server, so that a signal reaches that.
  const script = mark.kind.endsWith("server") ? here.replace(/\n?([^\n]+)$/, "\nexec $1") : here;
  return Bun.spawn(["bash", "-euo", "pipefail", "-c", script], {
    cwd,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}
