// What `scripts/service-check.ts` runs as the made-up user, in the folder of binaries that it is given.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "../../src/simulator/reply.ts";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { at } from "../json-path.ts";

const [bin = "", manager = ""] = process.argv.slice(2);
const home = process.env.HOME ?? "";
const UNIT = "claude-max-api.service";
const unitFile = join(home, ".config/systemd/user", UNIT);
const environmentFile = join(home, ".config/claude-max-api/service.env");
/** A folder with what unit files give a meaning to. */
const program = join(home, "odd $HOME 100%h & more/claude-max-api");
const TOKEN = "sk-ant-oat01-service-check";
const [PORT, OTHER_PORT, TAKEN_PORT] = [4501, 4502, 4503];

for (const [from, to] of [
  ["claude-max-api", program],
  ["claude", join(home, ".local/bin/claude")],
] as const) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(join(bin, from), to);
}
const systemd = Bun.spawn([manager, "--user", "--log-target=journal"], { stdout: "ignore", stderr: "ignore" });
const simulator = startSimulator();
let failures = 0;
try {
  await until(async () => (await run("systemctl", "--user", "show-environment")).code === 0);
  await tryAll(simulator);
} finally {
  await simulator.close();
  systemd.kill("SIGTERM");
  await systemd.exited;
}
console.log(failures === 0 ? "service check passed" : `service check: ${failures} failed`);
process.exit(failures === 0 ? 0 : 1);

async function tryAll(api: Simulator): Promise<void> {
  const flags = ["--anthropic-base-url", api.url, "--model-alias", "gpt$HOME%h=claude-sonnet-4"];
  await service("status tells that nothing is installed", 3, "not installed", "status");
  await service("--dry-run shows the unit", 0, "WantedBy=default.target", "install", "--dry-run");
  check("--dry-run writes nothing", !existsSync(join(home, ".config")));

  const taken = Bun.serve({ port: TAKEN_PORT, hostname: "127.0.0.1", fetch: () => new Response("hello") });
  await service("a port that is taken is told", 1, "another program", "install", "--port", String(TAKEN_PORT));
  await taken.stop(true);
  mkdirSync(dirname(environmentFile), { recursive: true });
  writeFileSync(environmentFile, `CLAUDE_CODE_OAUTH_TOKEN=${TOKEN}\n`);
  chmodSync(environmentFile, 0o644);
  await service("a login that others can read is refused", 2, "chmod 600", "install", ...flags);
  chmodSync(environmentFile, 0o600);
  check("nothing was installed so far", !existsSync(unitFile));

  await service("install", 0, "The service runs", "install", "--port", String(PORT), ...flags);
  const verified = await run("systemd-analyze", "verify", "--user", unitFile);
  check("systemd-analyze finds nothing", verified.code === 0 && verified.output === "", verified.output);
  await service("status", 0, "active (running)", "status");
  const models = await (await fetch(`http://127.0.0.1:${PORT}/v1/models`)).text();
  check("flags arrive to the letter", models.includes('"gpt$HOME%h"'), models);
  check("the CLI answers, confined as it is", (await ask(PORT)).includes("imulated"));
  const key = api.requests.at(-1)?.headers.get("authorization");
  check("the login of service.env is used", key === `Bearer ${TOKEN}`, String(key));

  const first = await mainPid();
  process.kill(first, "SIGKILL");
  await until(async () => (await mainPid()) > 0 && (await mainPid()) !== first && (await answers(PORT)));
  check("killed, it is started again", (await ask(PORT)).includes("imulated"));
  await service("logs", 0, "listens on", "logs", "--lines", "100");
  await service("restart", 0, "The service runs", "restart");
  api.enqueue(text("one two three", { chunks: ["one", " two", " three"], delayMs: 1_500 }));
  const slow = ask(PORT);
  await api.waitForRequests(api.requests.length + 1);
  await service("stop", 0, "stopped", "stop");
  check("running requests end first", (await slow) === "one two three", await slow);
  check("stopped, it leaves no process", ours().length === 0, ours().join("\n"));
  await service("status after a stop", 3, "inactive", "status");
  await service("start", 0, "The service runs", "start");

  await service("install again", 0, "The service runs", "install", "--port", String(OTHER_PORT), ...flags);
  check("the old one is gone", !(await answers(PORT)));
  const broken = await run(
    program,
    "service",
    "install",
    "--port",
    String(OTHER_PORT),
    "--strict",
    "--config",
    "/nowhere.json",
  );
  check("settings that cannot work are refused first", broken.code === 2, broken.output);
  check("and leave the service running", (await ask(OTHER_PORT)).includes("imulated"));

  await service("uninstall", 0, "removed", "uninstall");
  const left = readdirSync(join(home, ".config/systemd/user"), { recursive: true }).map(String);
  check("uninstall leaves no file", !left.some((name) => name.includes("claude")), left.join("\n"));
  check("uninstall leaves no process", ours().length === 0, ours().join("\n"));
  check("uninstall leaves what the user wrote", existsSync(environmentFile));
  await service("uninstall again", 0, "not installed", "uninstall");

  process.env.XDG_CONFIG_HOME = join(home, "elsewhere");
  const demo = ["--demo", "--port", String(PORT)];
  await service("install where the user manager does not look", 0, "The service runs", "install", ...demo);
  await service("its status", 0, "yes. ", "status");
  await service("uninstall there", 0, "removed", "uninstall");
  const units = await run("systemctl", "--user", "list-unit-files", "--no-legend", UNIT);
  check("systemd knows nothing of it any more", units.output.trim() === "", units.output);
}

async function service(what: string, code: number, says: string, ...words: string[]): Promise<void> {
  const result = await run(program, "service", ...words);
  check(what, result.code === code && result.output.includes(says), `ended with ${result.code}\n${result.output}`);
}

function check(what: string, isTrue: boolean, otherwise = ""): void {
  console.log(`${isTrue ? "ok    " : "FAILED"} ${what}${isTrue ? "" : `\n${otherwise}`}`);
  if (!isTrue) failures += 1;
}

async function run(...argv: string[]): Promise<{ code: number; output: string }> {
  const child = Bun.spawn(argv, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, output: stdout + stderr };
}

async function mainPid(): Promise<number> {
  return Number((await run("systemctl", "--user", "show", "--property=MainPID", "--value", UNIT)).output);
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health`).then(
    (response) => response.ok,
    () => false,
  );
}

async function ask(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "claude-sonnet-4", messages: [{ role: "user", content: "Hello" }] }),
  });
  const body: unknown = await response.json();
  return String(at(body, "choices", 0, "message", "content") ?? JSON.stringify(body));
}

/** The command lines of the server and its CLI processes: all that there are in this namespace. */
function ours(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((line) => line.startsWith(program) || line.startsWith(join(home, ".local/bin/claude")));
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (await condition()) return;
    await Bun.sleep(200);
  }
  throw new Error("waited for half a minute in vain");
}
