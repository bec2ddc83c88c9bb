import { existsSync, mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** What agents are installed in and run in: folders of a temporary one, and the server that they ask. */
export type Workshop = {
  readonly folder: string;
  /** Where packages are installed, a folder for each agent. */
  readonly packages: string;
  readonly binary: string;
  readonly url: string;
};

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/**
 * The environment of an agent: a home of its own, and no way to anywhere but this machine, since all that asks through the proxy
 * that is named asks a port where nobody listens.
 */
export function agentEnvironment(home: string, node?: string): Record<string, string> {
  const nowhere = "http://127.0.0.1:9";
  const here = "127.0.0.1,localhost";
  return {
    PATH: [...(node === undefined ? [] : [dirname(node)]), process.env.PATH].join(delimiter),
    HOME: home,
    TERM: "dumb",
    NO_COLOR: "1",
    CI: "1",
    DO_NOT_TRACK: "1",
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    http_proxy: nowhere,
    https_proxy: nowhere,
    NO_PROXY: here,
    no_proxy: here,
  };
}

/** Runs a program to its end, or kills it when the time is up. */
export async function run(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly seconds: number },
): Promise<Ended> {
  const { cwd, env, seconds } = options;
  const child = Bun.spawn([...command], { cwd, env: { ...env }, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const timer = setTimeout(kill, seconds * 1000);
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  clearTimeout(timer);
  process.off("exit", kill);
  return { code, stdout, stderr };
}

/** Throws with all that the program said where it did not end well. */
export async function runWell(...call: Parameters<typeof run>): Promise<Ended> {
  const ended = await run(...call);
  if (ended.code === 0) return ended;
  throw new Error(`${call[0].join(" ")} ended with ${ended.code}:\n${tail(ended.stdout)}\n${tail(ended.stderr)}`);
}

function tail(output: string): string {
  return output.trim().split("\n").slice(-25).join("\n");
}

/** The newest Node.js that all agents take; some want one that ours need not be. */
export async function installNode(packages: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  return join(await install(join(packages, "node"), [`${name}@24`]), "node_modules", name, "bin/node");
}

/** One of them brings seven hundred packages, which a slow registry takes its time for. */
const INSTALL_SECONDS = 1_200;

/** Installs packages from npm in a folder of their own, which it returns; their install scripts are not run. */
export async function install(folder: string, packages: readonly string[]): Promise<string> {
  mkdirSync(folder, { recursive: true });
  if (existsSync(join(folder, "node_modules"))) return folder;
  await Bun.write(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await runWell(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", ...packages], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? folder },
    seconds: INSTALL_SECONDS,
  });
  return folder;
}

/** Runs our own program as a user would. */
export function connect(
  { binary, url }: Workshop,
  words: readonly string[],
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Ended> {
  return runWell([binary, "connect", ...words, "--port", new URL(url).port], { ...place, seconds: 30 });
}
