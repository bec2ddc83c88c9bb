import { ListenError } from "../../app.ts";
import type { Config } from "../../config/config.ts";
import { OPTIONS } from "../../config/options.ts";
import { PROGRAM, type Surroundings } from "../command.ts";
import { askWhoListens, findListener, type Listener, type Occupant, serverUrl } from "../running-server/who-listens.ts";

/** Why the server could not start: where somebody else has its port, who that is. Any other error is returned as it is. */
export async function whoHasPort(
  error: unknown,
  config: Config,
  { version }: Pick<Surroundings, "version">,
  { ask = askWhoListens, find = findListener } = {},
): Promise<unknown> {
  if (!(error instanceof ListenError) || error.code !== "EADDRINUSE") return error;
  const occupant = await ask(config);
  const listener = occupant.kind === "ours" ? undefined : await find(config.port);
  const message = explain(occupant, config, version, listener);
  return message === undefined ? error : new ListenError(error.code, message, error);
}

/** Undefined: nobody can be told. */
function explain(occupant: Occupant, config: Config, version: string, listener?: Listener): string | undefined {
  const { port } = config;
  const process = listener === undefined ? "" : ` (process ${listener.pid})`;
  const other = `stop it, or choose another port: --${OPTIONS.port.flag} ${port < 65_535 ? port + 1 : OPTIONS.port.default}.`;
  switch (occupant.kind) {
    case "ours": {
      const { health } = occupant;
      const which = health.version === undefined ? "" : ` ${health.version}`;
      const mode = health.demo ? ", in demo mode" : "";
      const state = health.problem ? `${health.status}: ${health.problem.message}` : health.status;
      const isOther = health.version !== undefined && health.version !== version;
      const what = isOther
        ? `To run ${version} in its place, stop that one first.`
        : "There is nothing to do: programs can use it.";
      return `${PROGRAM}${which} already runs at ${serverUrl(config)}${mode} (${state}). ${what}`;
    }
    case "older-package":
      return `Port ${port} is in use by the older npm package claude-max-api-proxy${process}: ${other}`;
    case "foreign":
      return `Port ${port} is in use by ${listener?.name ?? `another program, which answers with ${occupant.answer}`}${process}: ${other}`;
    case "nobody":
      return listener && `Port ${port} is in use by ${listener.name}${process}, which speaks no HTTP: ${other}`;
  }
}
