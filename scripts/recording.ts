// Makes docs/first-answer.svg, the picture in the README: `bun run recording`, after `bun run build`. It shows the real program, in
// its demo mode: what it writes, when it writes it. Only the typing is made up, and long pauses are shortened.
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Moment, renderSvg } from "./recording/render-svg.ts";
import { StyledTextReader } from "./recording/styled-text.ts";

const ROOT = join(import.meta.dir, "..");
const OUTPUT = join(ROOT, "docs/first-answer.svg");
const COMMANDS = ['claude-max-api ask "What can you do?"', "claude-max-api connect aider"];
const TYPING_MS = 35;
const LONGEST_PAUSE_MS = 900;
const QUIET_MS = 5_000;

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
const server = start("claude-max-api --demo --log-level error");
try {
  await record("claude-max-api --demo", server, false);
  for (const command of COMMANDS) await record(command, start(command), true);
} finally {
  server.kill("SIGTERM");
  await server.exited;
  rmSync(home, { recursive: true, force: true });
}
await Bun.write(OUTPUT, renderSvg("claude-max-api starts, answers, and says how an app is connected", moments));

function start(command: string) {
  return Bun.spawn(["sh", "-c", `exec ${command} 2>&1`], { cwd: home, env, stdin: "ignore", stdout: "pipe" });
}

/** Writes a prompt and the command, letter by letter, and what it says: to its end, or until it says nothing more for a while. */
async function record(command: string, child: ReturnType<typeof start>, ends: boolean): Promise<void> {
  show("$ ", ["green"]);
  for (const letter of command) {
    clock += TYPING_MS;
    show(letter, ["bold"]);
  }
  show("\n");
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  const styled = new StyledTextReader();
  for (;;) {
    const before = performance.now();
    const next = await Promise.race([reader.read(), Bun.sleep(ends ? 60_000 : QUIET_MS)]);
    if (next === undefined || next.done) break;
    clock += Math.min(performance.now() - before, LONGEST_PAUSE_MS);
    const text = decoder.decode(next.value, { stream: true });
    for (const piece of styled.read(text)) moments.push({ at: clock, piece });
  }
  clock += LONGEST_PAUSE_MS;
  show("\n");
}

function show(text: string, styles: Moment["piece"]["styles"] = []): void {
  moments.push({ at: clock, piece: { text, styles } });
}
