// What the files of a test worker share ends with it: `keeper.ts FOLDER [COMMAND …]` runs the command until its own input ends, which it
// does however the worker ended, asks it to end, and removes the folder when it has. Bun tells a worker nothing of its end.
import { rmSync } from "node:fs";

const [folder, ...command] = process.argv.slice(2);
if (folder === undefined) throw new Error("keeper.ts FOLDER [COMMAND …]");
// Ctrl-C reaches every process of a terminal: there is still something to remove.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
const child =
  command.length === 0 ? undefined : Bun.spawn(command, { stdin: "ignore", stdout: "inherit", stderr: "inherit" });
for await (const _ of Bun.stdin.stream());
child?.kill("SIGTERM");
await child?.exited;
rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
