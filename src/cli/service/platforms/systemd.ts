import { posix } from "node:path";
import { XDG_CONFIG, xdgFolder } from "../../../config/paths.ts";
import type { Surroundings } from "../../command.ts";
import type { CommandResult } from "../../system.ts";
import { definitionMark, type ServiceDefinition } from "../definition.ts";
import { environmentFilePath } from "../environment-file.ts";
import { instanceSuffix } from "../instance.ts";
import type { ServiceManager, ServiceState } from "../manager.ts";

const systemctl = (...words: string[]) => ["systemctl", "--user", ...words];
const run = (...words: string[]) => ({ kind: "run", argv: systemctl(...words) }) as const;

/** A unit of systemd's user manager: https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html */
export function createSystemd(surroundings: Surroundings): ServiceManager {
  const { system } = surroundings;
  const unit = `claude-max-api${instanceSuffix(surroundings)}.service`;
  // Of a unit that is not known, or did not fail.
  const forgetFailures = { ...run("reset-failed", unit), mayFail: true } as const;
  const file = posix.join(xdgFolder(XDG_CONFIG, surroundings), "systemd", "user", unit);
  return {
    name: `systemd user unit ${unit}`,
    file,
    logPlace: "the journal",
    withoutLogs:
      "Where the journal is kept in memory only, accounts may not read their own part of it. Have yours added to the group " +
      "systemd-journal (sudo usermod -aG systemd-journal NAME), or the journal kept on disk (sudo mkdir /var/log/journal).",
    check: async () => refuseWithoutManager(await system.run(systemctl("show-environment")), surroundings),
    state: () => readState(surroundings, unit),
    install: (definition: ServiceDefinition) => {
      const args = ["serve", ...definition.flags];
      const content = renderUnit(definition, environmentFilePath(surroundings), args);
      return [
        { kind: "write", path: file, content, mode: 0o644 },
        // By its path, which the user manager need not look at: it may know another XDG_CONFIG_HOME than this shell does.
        run("enable", file),
        run("daemon-reload"),
        forgetFailures,
        run("restart", unit),
      ];
    },
    uninstall: () => [
      run("disable", "--now", unit),
      { kind: "remove", path: file },
      run("daemon-reload"),
      forgetFailures,
    ],
    start: () => [forgetFailures, run("start", unit)],
    stop: () => [run("stop", unit)],
    restart: () => [forgetFailures, run("restart", unit)],
    // Not --user, which looks only into files that a journal kept in memory does not have.
    logs: ({ lines, follow }) => [
      "journalctl",
      `--user-unit=${unit}`,
      `--lines=${lines}`,
      "--output=cat",
      ...(follow ? ["--follow"] : ["--no-pager"]),
    ],
    runsWhen: ({ lingers }) =>
      lingers
        ? "It starts with the machine, since lingering is on for your account."
        : "It runs from your first login to your last logout. To have it start with the machine and stay: loginctl enable-linger",
  };
}

async function readState({ system }: Surroundings, unit: string): Promise<ServiceState> {
  const properties = ["ActiveState", "SubState", "UnitFileState", "MainPID", "Result", "NRestarts"];
  const shown = await system.run(systemctl("show", unit, `--property=${properties.join(",")}`));
  const linger = await system.run(["loginctl", "show-user", system.userName, "--property=Linger"]);
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(shown?.stdout ?? "")?.[1];
  const active = value("ActiveState") ?? "unknown";
  const result = value("Result") ?? "success";
  const restarts = Number(value("NRestarts") ?? 0);
  const pid = Number(value("MainPID") ?? 0);
  const lingers = /^Linger=(yes|no)$/m.exec(linger?.stdout ?? "")?.[1];
  return {
    isEnabled: value("UnitFileState") === "enabled",
    isRunning: active === "active" || active === "reloading" || active === "deactivating",
    ...(pid > 0 && { pid }),
    detail:
      `${active} (${value("SubState") ?? "unknown"})` +
      (result === "success" ? "" : `, result ${result}`) +
      (restarts > 0 ? `, restarted ${restarts} ${restarts === 1 ? "time" : "times"} by systemd` : ""),
    ...(lingers !== undefined && { lingers: lingers === "yes" }),
  };
}

function refuseWithoutManager(result: CommandResult | undefined, { env, system }: Surroundings): void {
  if (result === undefined) {
    throw new Error(
      "there is no systemctl here, so this system does not use systemd. Let what starts programs here run " +
        "`claude-max-api serve`: an own init script, a line `@reboot` in your crontab, or the container's command.",
    );
  }
  if (result.code === 0) return;
  const folder = `/run/user/${system.uid}`;
  const hint =
    env.XDG_RUNTIME_DIR === undefined && system.exists(folder)
      ? `This shell does not know where it is (su and sudo hide that). Try: export XDG_RUNTIME_DIR=${folder}`
      : "Log in as this user on the console or by ssh, rather than with su or sudo. In WSL, put `systemd=true` under `[boot]` into " +
        "/etc/wsl.conf, and run `wsl --shutdown`. In a container, let the container's command be `claude-max-api serve`.";
  throw new Error(`systemd's user manager does not answer (${result.stderr.trim().replace(/\.$/, "")}). ${hint}`);
}

/**
 * A unit for systemd's user manager: systemd.service(5). It confines what the server and the CLI may ask of the kernel. Options that
 * hide parts of the file system are left out: in a user manager they need user namespaces, which many systems turn off, and then
 * the service would not start. MemoryDenyWriteExecute would end every program that compiles JavaScript while it runs.
 * `environmentFile` holds lines of `NAME=value`, and need not be there; `args` are the words after the executable.
 */
export function renderUnit(definition: ServiceDefinition, environmentFile: string, args: readonly string[]): string {
  const environment = Object.entries(definition.environment).map(
    ([name, value]) => `Environment=${quote(`${name}=${value}`)}`,
  );
  return `# Written by "claude-max-api service install".
# ${definitionMark(definition)}

[Unit]
Description=claude-max-api: a local server for your own Claude subscription
# It tries again for five minutes, then stays down until it is started by hand.
StartLimitIntervalSec=300
StartLimitBurst=10

[Service]
Type=exec
ExecStart=${[quote(definition.executable), ...args.map((word) => quote(word).replaceAll("$", "$$$$"))].join(" ")}
WorkingDirectory=~
${environment.join("\n")}
EnvironmentFile=-${environmentFile.replaceAll("%", "%%")}
Restart=on-failure
RestartSec=2
# Settings that it does not understand do not get better by trying again.
RestartPreventExitStatus=2
# Running requests have ten seconds to end, and the server then ends its processes itself.
KillMode=mixed
TimeoutStopSec=20
UMask=0077
NoNewPrivileges=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
RestrictNamespaces=yes
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=default.target
`;
}

/**
 * One word of a unit file, with specifiers switched off (`%`). Variables (`$`) are another matter: systemd looks for them in the arguments
 * of a command, and neither in its path nor in `Environment=`.
 */
function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%")}"`;
}
