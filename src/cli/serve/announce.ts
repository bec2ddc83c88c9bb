import { networkInterfaces } from "node:os";
import type { App } from "../../app.ts";
import { RECOVERS, remedyFor } from "../../claude/cli/shell-commands.ts";
import type { Config } from "../../config/config.ts";
import { networkUrls } from "../../config/network-names.ts";
import { OPTIONS } from "../../config/options.ts";
import { responsesFile } from "../../config/paths.ts";
import { PROGRAM, type Surroundings } from "../command.ts";

/** The start-up lines: at once what is known at once, the rest when the CLI was looked at, and has told the models. */
export function announce(
  { url, ready, models }: Pick<App, "url" | "ready" | "models">,
  config: Config,
  { version, terminal, platform, env, home }: Pick<Surroundings, "version" | "terminal" | "platform" | "env" | "home">,
): void {
  const { write, style } = terminal;
  const line = (label: string, text: string) => write(`  ${style.bold(label.padEnd(10))}${text}\n`);
  write(`${style.bold(`claude-max-api ${version}`)} listens on ${style.cyan(url)}\n`);
  line(
    "For apps",
    `base URL ${style.cyan(`${url}/v1`)}, ${config.apiKeys.length > 0 ? "one of your API keys" : "any API key"}`,
  );
  for (const address of networkUrls(config.hosts, Number(new URL(url).port), networkInterfaces())) {
    line("Network", `${style.cyan(`${address}/v1`)}, for other machines`);
  }
  if (config.store && !config.demo) {
    const file = responsesFile({ platform, env, home });
    line("Stored", `what is asked and answered at /v1/responses, for 30 days in ${file}; --no-store turns it off`);
  }
  if (config.demo) line("Demo", "every answer is simulated; no login is used and nothing is spent");
  void ready.then(({ cli, login, problem }) => {
    if (cli && !config.demo) line("Login", login ?? "unknown");
    if (cli) line("CLI", `Claude CLI ${cli.version} at ${cli.path}`);
    if (problem) write(renderProblem(problem, cli?.path, { style, env, platform }));
  });
  void Promise.all([models, ready]).then(([known]) => {
    const named = known.slice(0, NAMED_MODELS);
    const more = known.length > named.length ? `, and ${known.length - named.length} more: ${url}/v1/models` : "";
    const names = named.map(({ id, resolvedModel = id }) => (resolvedModel === id ? id : `${id} (${resolvedModel})`));
    line("Models", names.join(", ") + more);
    line("Try it", style.dim(platform === "win32" ? askLine(url, config) : tryLine(url, config)));
  });
}

/** What is wrong, and the command that mends it on a line of its own, to be copied. */
function renderProblem(
  { code, message }: NonNullable<Awaited<App["ready"]>["problem"]>,
  path: string | undefined,
  { style, env, platform }: Pick<Surroundings, "env" | "platform"> & Pick<Surroundings["terminal"], "style">,
): string {
  const label = `  ${style.red(style.bold("Problem".padEnd(10)))}`;
  const command = remedyFor(code, { env, platform }, path);
  if (command === undefined) return `${label}${message}\n`;
  const [what = message] = message.split(/ (?=(?:Run|Install it with) `)/);
  const lines = [`${what} Run this in another terminal:`, "", `    ${style.cyan(command)}`, "", RECOVERS];
  return `${label}${lines.join(`\n${" ".repeat(12)}`).replace(/ +$/gm, "")}\n`;
}

/** The stable ids stand first in the list. */
const NAMED_MODELS = 3;

/** One line to paste into a terminal of this machine. */
function tryLine(url: string, { apiKeys }: Config): string {
  const key = apiKeys.length > 0 ? ` -H "Authorization: Bearer YOUR_KEY"` : "";
  const body = JSON.stringify({ model: "claude-sonnet-4", messages: [{ role: "user", content: "Hello!" }] });
  return `curl ${url}/v1/chat/completions${key} -H "Content-Type: application/json" -d '${body}'`;
}

/** The same for Windows, whose two shells quote JSON in two ways. */
function askLine(url: string, { host }: Config): string {
  const port = Number(new URL(url).port);
  const flags = [
    ...(port === OPTIONS.port.default ? [] : [` --${OPTIONS.port.flag} ${port}`]),
    ...(host === OPTIONS.host.default ? [] : [` --${OPTIONS.host.flag} ${host}`]),
  ];
  return `${PROGRAM} ask "Hello!"${flags.join("")}`;
}
