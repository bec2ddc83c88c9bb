#!/usr/bin/env node
// Starts the binary that npm has installed for this platform, and ends as it ends. It is all that the npm package does: the binary needs no
// Node.js, and is in a package of its own.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";

const { resolve } = createRequire(import.meta.url);
const isWindows = process.platform === "win32";
const platform = `${isWindows ? "windows" : process.platform}-${process.arch}`;

/** Node.js tells the version of glibc where it runs with that. */
function isMusl() {
  return process.platform === "linux" && !/"glibcVersionRuntime"/.test(JSON.stringify(process.report.getReport()));
}

function findBinary() {
  for (const name of isMusl() ? [`${platform}-musl`, platform] : [platform]) {
    try {
      return resolve(`claude-max-api-${name}/claude-max-api${isWindows ? ".exe" : ""}`);
    } catch {}
  }
  return undefined;
}

const binary = findBinary();
if (binary === undefined) {
  console.error(
    `claude-max-api: npm has not installed the binary for ${platform}. Where there is one, it is an optional dependency: install again without --omit=optional (--no-optional).`,
  );
  process.exit(1);
}

// The handlers stand before the binary runs: a signal in between would end this process alone, and leave the binary behind.
// A terminal sends Ctrl-C to both, and the program is to have it once; what was sent to this process alone is passed on.
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGHUP"));
const child = spawn(binary, process.argv.slice(2), { stdio: "inherit" });
child.on("error", (error) => {
  console.error(`claude-max-api: ${binary} cannot be started: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
