import { createServer } from "node:net";
import { remedyFor, withoutRecovery } from "../../claude/cli/shell-commands.ts";
import type { Config } from "../../config/config.ts";
import { listenAddresses, MISSING_ADDRESS } from "../../config/network-names.ts";
import { OPTIONS } from "../../config/options.ts";
import { PROGRAM, type Surroundings } from "../command.ts";
import { askWhoListens, findListener, type Occupant, type ServerHealth } from "../running-server/who-listens.ts";
import { type InstalledService, RESTART_SERVICE, stopOlderCommand } from "./check-service.ts";
import type { Told } from "./finding.ts";
import type { StartCommand } from "./suggested-commands.ts";

export type PortContext = {
  readonly surroundings: Surroundings;
  readonly service: InstalledService;
  readonly startCommand: StartCommand;
  /** The CLI that was found here. */
  readonly cliPath: string | undefined;
};

/** Who is where the server would listen. */
export async function checkPort(
  config: Config,
  context: PortContext,
): Promise<{ told: Told; occupant: Occupant | undefined }> {
  const { hosts, port } = config;
  const report = (occupant: Occupant | undefined, rest: Told) => ({
    occupant,
    told: {
      ...rest,
      facts: { host: hosts.join(", "), port, occupant: occupant?.kind ?? "unknown", ...rest.facts },
    },
  });
  if (port === 0) return report(undefined, { status: "ok", message: "Any free port will be taken." });
  const occupant = await askWhoListens(config);
  switch (occupant.kind) {
    case "ours":
      return report(occupant, await ours(port, occupant.health, context));
    case "older-package":
      return report(occupant, await olderPackage(port, context));
    case "foreign":
      return report(occupant, await foreign(config, occupant.answer, context));
    case "nobody":
      return report(occupant, await nobody(config, context));
  }
}

async function ours(
  port: number,
  health: ServerHealth,
  { surroundings, service, cliPath }: PortContext,
): Promise<Told> {
  const { status, problem, version, demo } = health;
  const facts = { status, ...(version !== undefined && { version }), ...(demo !== undefined && { demo }) };
  const who = `${PROGRAM}${version === undefined ? "" : ` ${version}`}${demo ? " in demo mode" : ""} runs on port ${port}`;
  if (problem) {
    const command = remedyFor(problem.code, surroundings, health.cli?.path ?? cliPath);
    return { status: "problem", message: `${who}, but: ${withoutRecovery(problem.message)}`, command, facts };
  }
  if (version !== undefined && version !== surroundings.version) {
    const message = `${who}; this is ${surroundings.version}: stop it, and start it again.`;
    const isService = service.kind === "ours" && service.report.state.isRunning && service.report.config?.port === port;
    const command = isService
      ? RESTART_SERVICE
      : stopListenerCommand(port, surroundings, (await findListener(port))?.pid);
    return { status: "warning", message, command, facts };
  }
  const unknown = version === undefined ? "; what it is and does, it tells those with its API key alone" : "";
  return { status: "ok", message: `${who} (${status})${unknown}.`, facts };
}

async function olderPackage(port: number, { surroundings, service }: PortContext): Promise<Told> {
  const listener = await findListener(port);
  return {
    status: "problem",
    message: `The older npm package claude-max-api-proxy holds port ${port}${listener ? ` (process ${listener.pid})` : ""}.`,
    // A service would only start it again.
    command:
      service.kind === "other" && service.isOlderPackage
        ? stopOlderCommand(surroundings)
        : stopListenerCommand(port, surroundings, listener?.pid),
  };
}

async function foreign(config: Config, answer: string, { startCommand }: PortContext, address?: string): Promise<Told> {
  const { port } = config;
  const listener = await findListener(port);
  const who = listener ? `${listener.name} (process ${listener.pid})` : `Another program (${answer})`;
  return {
    status: "problem",
    message: `${who} holds port ${port}${address === undefined ? "" : ` of ${address}`}.`,
    command: startCommand({ [OPTIONS.port.flag]: String(await nextFreePort(config)) }),
    ...(listener && { facts: { process: listener.name, pid: listener.pid } }),
  };
}

/** Nobody answers; whether one could listen, only trying tells. */
async function nobody(config: Config, context: PortContext): Promise<Told> {
  const { startCommand } = context;
  const local = { [OPTIONS.host.flag]: "127.0.0.1" };
  const { hosts, port } = config;
  const host = hosts.join(", ");
  const refusal = await whyNotListen(hosts, port);
  if (refusal === undefined) return { status: "ok", message: `Port ${port} of ${host} is free.` };
  switch (refusal.code) {
    case "EADDRINUSE": {
      const { address } = refusal;
      const isOneOf = listenAddresses(hosts).length > 1;
      return foreign(config, await whoIsAt({ ...config, host: address }), context, isOneOf ? address : undefined);
    }
    case "EACCES":
      return {
        status: "problem",
        message: `Port ${port} needs administrator rights.`,
        command: startCommand({ [OPTIONS.port.flag]: String(OPTIONS.port.default) }),
      };
    case "EADDRNOTAVAIL":
      return {
        status: "problem",
        message: `${refusal.address} is not an address of this machine.`,
        command: startCommand(local),
      };
    default:
      return {
        status: "problem",
        message: `Nobody can listen on port ${port} of ${refusal.address}: ${refusal.code}.`,
        command: startCommand({ ...local, [OPTIONS.port.flag]: String(await nextFreePort(config)) }),
      };
  }
}

function stopListenerCommand(port: number, { platform }: Surroundings, pid: number | undefined): string {
  if (platform === "win32") {
    return `Stop-Process -Id (Get-NetTCPConnection -LocalPort ${port} -State Listen).OwningProcess`;
  }
  return `kill ${pid ?? `$(lsof -t -iTCP:${port} -sTCP:LISTEN)`}`;
}

async function nextFreePort({ hosts, port }: Config): Promise<number> {
  for (let next = port + 1; next < Math.min(port + 20, 65_536); next++) {
    if ((await whyNotListen(hosts, next)) === undefined) return next;
  }
  return 0;
}

/** One of several addresses may be taken by who was not asked yet. */
async function whoIsAt(address: Config): Promise<string> {
  const occupant = await askWhoListens(address);
  if (occupant.kind === "foreign") return occupant.answer;
  return occupant.kind === "ours" ? PROGRAM : "it speaks no HTTP";
}

type Refusal = { readonly address: string; readonly code: string };

/** Which address cannot be listened on now, with the system's code, such as EADDRINUSE. One of several may be missing. */
async function whyNotListen(hosts: readonly string[], port: number): Promise<Refusal | undefined> {
  const addresses = listenAddresses(hosts);
  const asked = addresses.map(async (address) => ({ address, code: await whyNotListenAt(address, port) }));
  const refusals = (await Promise.all(asked)).flatMap(({ address, code }) =>
    code === undefined ? [] : [{ address, code }],
  );
  const isMissing = ({ code }: Refusal) => MISSING_ADDRESS.includes(code);
  return (
    refusals.find((refusal) => !isMissing(refusal)) ?? (refusals.length === addresses.length ? refusals[0] : undefined)
  );
}

function whyNotListenAt(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
