import { spawn } from "node:child_process";

const WINDOWS = process.platform === "win32";
/** @type {NodeJS.Signals[]} */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
const POLL_MS = 200;

/**
 * Runs a program with our own input and output, passes signals on, and exits as it does. The shell that npm runs a script in is all
 * that npm signals, and most shells die of it without a word to us: that `parent` is gone then counts as SIGTERM.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {number} parent The process that started us.
 */
export function supervise(command, args, parent) {
  let told = false;
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => {
    told = true;
    // On Windows the console signals every process by itself, and `kill` ends one without giving it the time to stop in order.
    if (!WINDOWS) child.kill(signal);
  };
  // Before the child is there: a signal that came between would end us alone. None is handled before this function is through.
  for (const signal of SIGNALS) process.on(signal, pass);
  const child = spawn(command, args, { stdio: "inherit" });
  let orphanedFor = 0;
  const watch = setInterval(() => {
    if (told || process.ppid === parent) return;
    // The terminal's signals reach the shell and us: ours may be on its way, and a second one would cut the server's stop short.
    if (++orphanedFor > 1) pass("SIGTERM");
  }, POLL_MS);
  child.on("error", (error) => fail(`cannot run ${command}: ${error.message}`));
  child.on("exit", (code, signal) => {
    clearInterval(watch);
    for (const name of SIGNALS) process.off(name, pass);
    if (signal && !WINDOWS) process.kill(process.pid, signal);
    else process.exitCode = code ?? 1;
  });
}

/**
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  process.stderr.write(`npm start: ${message}\n`);
  process.exit(1);
}
