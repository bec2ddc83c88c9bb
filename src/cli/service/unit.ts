import { definitionMark, type ServiceDefinition } from "./definition.ts";

export type UnitPlaces = {
  /** A file of `NAME=value` lines that need not be there. */
  readonly environmentFile: string;
  /** The words after the executable. */
  readonly args: readonly string[];
};

/**
 * A unit for systemd's user manager: systemd.service(5). It confines what the server and the CLI may ask of the kernel. Options that
 * hide parts of the file system are left out: in a user manager they need user namespaces, which many systems turn off, and then
 * the service would not start. MemoryDenyWriteExecute would end every program that compiles JavaScript while it runs.
 */
export function renderUnit(definition: ServiceDefinition, { environmentFile, args }: UnitPlaces): string {
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
