// `npm start`, in Node.js, which is all that has to be there: gets Bun, installs what is missing, and runs the server. Bun is run
// directly, since between npx and what it runs there is one more shell that passes no signal on.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fail, supervise } from "./supervise.js";

const parent = process.ppid;

if (!existsSync("node_modules")) console.error("Installing Bun and what the program needs; this takes a minute, once.");
const located = spawnSync("npx", ["-y", "bun@1.4.5", "--no-env-file", "-p", "process.execPath"], {
  stdio: ["ignore", "pipe", "inherit"],
  encoding: "utf8",
  // There, npx is a script.
  shell: process.platform === "win32",
});
const bun = (located.stdout ?? "").trim();
if (located.status !== 0 || bun === "") fail("npx could not get Bun; see above");

const installed = spawnSync(bun, ["install", "--frozen-lockfile", "--silent"], { stdio: "inherit" });
if (installed.status !== 0) fail("bun install failed; see above");

// As `MAX_HEADER_BYTES` has it.
supervise(bun, ["--no-env-file", "--max-http-header-size=131072", "src/main.ts", ...process.argv.slice(2)], parent);
