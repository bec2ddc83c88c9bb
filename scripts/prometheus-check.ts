// Has a real Prometheus scrape the server in demo mode: `bun run prometheus-check`. Takes the one that is installed, else Debian's package, which
// is unpacked into a temporary folder: nothing of the machine is changed. Its API must tell every series that docs/monitoring names, and
// its own checker must take the alert rules there. Two minutes at most.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at } from "./json-path.ts";
import { firstUrl } from "./processes.ts";

const ROOT = join(import.meta.dir, "..");
const DOCS = join(ROOT, "docs/monitoring");
const folder = mkdtempSync(join(tmpdir(), "prometheus-check-"));
const deadline = AbortSignal.timeout(120_000);
const children: Bun.Subprocess[] = [];

try {
  const { prometheus, promtool } = await findPrometheus();
  const claude = join(ROOT, "node_modules/.bin/claude");
  const server = start(process.execPath, join(ROOT, "src/main.ts"), "--demo", "--port", "0", "--claude-path", claude);
  const url = await firstUrl(server.stdout);
  await use(url);

  const port = await freePort();
  const rules = join(DOCS, "alerts.yaml");
  const config = join(folder, "prometheus.yml");
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: [rules],
      scrape_configs: [{ job_name: "claude-max-api", static_configs: [{ targets: [new URL(url).host] }] }],
    }),
  );
  await run(promtool, "check", "rules", rules);
  await run(promtool, "check", "config", config);
  const data = join(folder, "data");
  start(prometheus, `--config.file=${config}`, `--storage.tsdb.path=${data}`, `--web.listen-address=127.0.0.1:${port}`);
  await askPrometheus(`http://127.0.0.1:${port}`);
  console.log("prometheus check passed");
} finally {
  for (const child of children) child.kill("SIGTERM");
  await Promise.all(children.map(({ exited }) => exited));
  rmSync(folder, { recursive: true, force: true });
}

async function findPrometheus() {
  const [prometheus, promtool] = [Bun.which("prometheus"), Bun.which("promtool")];
  if (prometheus && promtool) return { prometheus, promtool };
  if (!Bun.which("apt-get") || !Bun.which("dpkg"))
    throw new Error("there is no Prometheus here, and no apt-get to fetch Debian's");
  await run("apt-get", "download", "prometheus");
  const archive = readdirSync(folder).find((name) => name.endsWith(".deb"));
  if (archive === undefined) throw new Error("apt-get has downloaded nothing (apt-get update first)");
  await run("dpkg", "-x", archive, "unpacked");
  const bin = join(folder, "unpacked/usr/bin");
  return { prometheus: join(bin, "prometheus"), promtool: join(bin, "promtool") };
}

/** So that no series is empty: an answer, one that fails, and time for both to be counted. */
async function use(url: string): Promise<void> {
  for (const model of ["claude-sonnet-4", "claude-sonnet-4", "no-such-model"]) {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
      signal: deadline,
    });
    await response.text();
    if (response.ok === (model === "no-such-model")) throw new Error(`${model} was answered with ${response.status}`);
  }
}

async function askPrometheus(api: string): Promise<void> {
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${api}/api/v1/${path}`, { signal: deadline });
    return await response.json();
  };
  const holds = (query: string) => `query?query=${encodeURIComponent(query)}`;
  await eventually("the server is scraped", async () => {
    return at(await ask(holds('up{job="claude-max-api"} == 1')), "data", "result", 0) !== undefined;
  });
  const page = readFileSync(join(DOCS, "README.md"), "utf8");
  const named = [...new Set(page.match(/\b(claude_max_api|gen_ai_server)_\w+/g))];
  // Of what never happened there is no series, other than where there are no labels.
  const missing: string[] = [];
  for (const name of named) {
    const series = name.startsWith("gen_ai") || name.endsWith("wait_seconds") ? `${name}_count` : name;
    if (at(await ask(holds(series)), "data", "result", 0) === undefined) missing.push(series);
  }
  if (missing.length > 0) throw new Error(`Prometheus has no ${missing.join(", ")}`);
  await eventually("the rules are evaluated", async () => {
    const rules = at(await ask("rules"), "data", "groups", 0, "rules");
    return Array.isArray(rules) && rules.length > 0 && rules.every((rule) => at(rule, "health") === "ok");
  });
  console.log(`${named.length} metrics are there, and the rules hold`);
}

async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) {
    if (deadline.aborted) throw new Error(`not in time: ${what}`);
    await Bun.sleep(200);
  }
}

function start(...words: string[]) {
  const env = { PATH: process.env.PATH ?? "", HOME: folder };
  const child = Bun.spawn(words, { cwd: folder, env, stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  children.push(child);
  return child;
}

async function run(...words: string[]): Promise<void> {
  const child = Bun.spawn(words, { cwd: folder, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [output, errors] = await Promise.all([child.stdout, child.stderr].map((stream) => new Response(stream).text()));
  if ((await child.exited) !== 0) throw new Error(`${words.join(" ")} failed: ${errors || output}`);
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
