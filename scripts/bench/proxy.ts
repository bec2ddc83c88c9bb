import { mkdirSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { CLAUDE, type Running, type Surroundings, startServer } from "./binary.ts";

export const PROXY_PACKAGE = "claude-max-api-proxy@1.0.0";
const INSTALL_LIMIT_MS = 120_000;

/** Installs the package that ours succeeds into the folder, and starts it with the same CLI and the same upstream. */
export async function startProxy(folder: string, { home, env }: Surroundings): Promise<Running> {
  const prefix = join(folder, "proxy");
  mkdirSync(prefix);
  const npm = Bun.spawn(["npm", "install", PROXY_PACKAGE, "--prefix", prefix, "--no-audit", "--no-fund"], {
    cwd: prefix,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    timeout: INSTALL_LIMIT_MS,
  });
  const errors = await npm.stderr.text();
  if ((await npm.exited) !== 0) throw new Error(`npm could not install ${PROXY_PACKAGE}: ${errors}`);
  const node = Bun.which("node");
  if (node === null) throw new Error(`${PROXY_PACKAGE} needs Node.js`);
  const port = freePort();
  const script = join(prefix, "node_modules/claude-max-api-proxy/dist/server/standalone.js");
  // It writes a line on stderr for every chunk; nobody wants to read those.
  return startServer(
    [node, script, String(port)],
    { home, env: { ...env, PATH: [pathTo(prefix), dirname(node), env.PATH].join(delimiter) } },
    /running at (http:\S+)/,
    "ignore",
  );
}

/** It runs whatever `claude` is on PATH, and asks for a port by number. */
function pathTo(prefix: string): string {
  const bin = join(prefix, "path");
  mkdirSync(bin);
  symlinkSync(CLAUDE, join(bin, "claude"));
  return bin;
}

function freePort(): number {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port } = server;
  server.stop(true);
  if (port === undefined) throw new Error("there is no free port");
  return port;
}
