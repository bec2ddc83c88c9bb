import type { App } from "../../app.ts";
import type { Config } from "../../config/config.ts";
import { isLoopbackHost } from "../../config/network-names.ts";
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
  write(`${style.bold(`claude-max-api ${version}`)} listens on ${style.cyan(url)}${exposure(config)}\n`);
  line(
    "For apps",
    `base URL ${style.cyan(`${url}/v1`)}, ${config.apiKeys.length > 0 ? "one of your API keys" : "any API key"}`,
  );
  if (config.store && !config.demo) {
    const file = responsesFile({ platform, env, home });
    line("Stored", `what is asked and answered at /v1/responses, for 30 days in ${file}; --no-store turns it off`);
  }
  if (config.demo) line("Demo", "every answer is simulated; no login is used and nothing is spent");
  void ready.then(({ cli, login, problem }) => {
    if (cli && !config.demo) line("Login", login ?? "unknown");
    if (cli) line("CLI", `Claude CLI ${cli.version} at ${cli.path}`);
    // On a terminal the log has just said it.
    const isLogged = terminal.isTerminal && terminal.errorIsTerminal && config.logLevel !== "silent";
    if (problem && !isLogged) write(`  ${style.red("Problem")}   ${problem.message}\n`);
  });
  void Promise.all([models, ready]).then(([known]) => {
    const named = known.slice(0, NAMED_MODELS);
    const more = known.length > named.length ? `, and ${known.length - named.length} more: ${url}/v1/models` : "";
    line("Models", named.map(({ id, resolvedModel }) => withResolved(id, resolvedModel)).join(", ") + more);
    line("Try it", style.dim(platform === "win32" ? askLine(url, config) : tryLine(url, config)));
  });
}

/** The address above is for this machine; where others reach the server, too, that must be seen. */
function exposure({ host }: Config): string {
  return isLoopbackHost(host) ? "" : ` (bound to ${host}: other machines can reach it, with a key)`;
}

/** The stable ids stand first in the list. */
const NAMED_MODELS = 3;

function withResolved(id: string, resolved: string | undefined): string {
  return resolved === undefined || resolved === id ? id : `${id} (${resolved})`;
}

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
