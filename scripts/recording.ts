// Makes docs/first-answer.svg, the picture in the README: `bun run recording`. It shows the real program, built anew, in
// its demo mode: what it writes, when it writes it. Only the typing and the folder are made up, and long pauses are shortened.
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Moment, renderSvg } from "./recording/render-svg.ts";
import { COMMANDS, SERVER } from "./recording/scenario.ts";
import { StyledTextReader } from "./recording/styled-text.ts";

const ROOT = join(import.meta.dir, "..");
const OUTPUT = join(ROOT, "docs/first-answer.svg");
const TYPING_MS = 35;
const LONGEST_PAUSE_MS = 900;
const LIMIT_MS = 60_000;
/** In place of the temporary folder in which all runs. */
const SHOWN_FOLDER = "/home/you/.local/bin";

const built = Bun.spawnSync([process.execPath, join(import.meta.dir, "build.ts")], {
  stdio: ["ignore", "inherit", "inherit"],
});
if (!built.success) throw new Error("the program could not be built");
const home = mkdtempSync(join(tmpdir(), "claude-max-api-recording-"));
for (const [name, target] of [
  ["claude-max-api", "dist/claude-max-api"],
  ["claude", "node_modules/.bin/claude"],
] as const) {
  symlinkSync(join(ROOT, target), join(home, name));
}
const env = { PATH: `${home}:/usr/bin:/bin`, HOME: home, FORCE_COLOR: "1" };

const moments: Moment[] = [];
let clock = 300;
const server = start(`${SERVER.command} --log-level error`);
try {
  await record(SERVER.command, server, SERVER.lastLine);
  for (const command of COMMANDS) await record(command, start(command));
} finally {
  server.kill("SIGTERM");
  await server.exited;
  rmSync(home, { recursive: true, force: true });
}
await Bun.write(OUTPUT, renderSvg("claude-max-api starts, answers, and says how an app is connected", moments));

function start(command: string) {
  return Bun.spawn(["sh", "-c", `exec ${command} 2>&1`], { cwd: home, env, stdin: "ignore", stdout: "pipe" });
}

/** Writes a prompt and the command, letter by letter, and what it says: to its end, or to its last line where it goes on running. */
async function record(command: string, child: ReturnType<typeof start>, lastLine?: RegExp): Promise<void> {
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  show("$ ", ["green"]);
  for (const letter of command) {
    clock += TYPING_MS;
    show(letter, ["bold"]);
  }
  show("\n");
  const decoder = new TextDecoder();
  const styled = new StyledTextReader();
  let said = "";
  let before = performance.now();
  for await (const chunk of child.stdout) {
    clock += Math.min(performance.now() - before, LONGEST_PAUSE_MS);
    before = performance.now();
    const text = decoder.decode(chunk, { stream: true }).replaceAll(home, SHOWN_FOLDER);
    for (const piece of styled.read(text)) moments.push({ at: clock, piece });
    said += Bun.stripANSI(text);
    if (lastLine?.test(said)) break;
  }
  clearTimeout(limit);
  if (lastLine ? !lastLine.test(said) : (await child.exited) !== 0) throw new Error(`${command} failed: ${said}`);
  clock += LONGEST_PAUSE_MS;
  show("\n");
}

function show(text: string, styles: Moment["piece"]["styles"] = []): void {
  moments.push({ at: clock, piece: { text, styles } });
}
