import { posix } from "node:path";
import { configFilePath } from "../../../config/paths.ts";
import type { Surroundings } from "../../command.ts";
import { definitionMark, readDefinition, type ServiceDefinition, startsOlderPackage } from "../definition.ts";
import { instanceSuffix, nameFlag } from "../instance.ts";
import type { ServiceManager, ServiceState } from "../manager.ts";
import type { Step } from "../plan.ts";
import { escapeXml } from "./xml.ts";

/** The label that guides for the npm package claude-max-api-proxy name: two agents of one label cannot be. */
const labelOf = (surroundings: Surroundings) => `com.claude-max-api${instanceSuffix(surroundings, ".")}`;

/** An agent of launchd in the user's login session: launchd.plist(5), launchctl(1). */
export function createLaunchd(surroundings: Surroundings): ServiceManager {
  const { home, system } = surroundings;
  const label = labelOf(surroundings);
  const domain = `gui/${system.uid}`;
  const target = `${domain}/${label}`;
  const file = posix.join(home, "Library", "LaunchAgents", `${label}.plist`);
  const logs = posix.join(home, "Library", "Logs", `claude-max-api${instanceSuffix(surroundings)}`);
  const log = posix.join(logs, "service.log");
  const run = (...words: string[]) => ({ kind: "run", argv: ["launchctl", ...words] }) as const;
  // It fails where the agent is not loaded, and else returns before the process has ended; loading it again too soon fails.
  const unload: Step[] = [
    { ...run("bootout", target), mayFail: true },
    { kind: "await-failure", argv: ["launchctl", "print", target], until: "launchd has let the old one go" },
  ];
  // Whoever unloaded the agent with -w has disabled it for good.
  const load: Step[] = [run("enable", target), run("bootstrap", domain, file)];
  return {
    name: `launchd agent ${label}`,
    file,
    logPlace: log,
    withoutLogs: "There is none before the service has run once.",
    check: () => refuseWithoutSession(surroundings, domain),
    state: () => readState(surroundings, domain, label),
    install: (definition, found) => {
      const args = ["service", "run", `--log-file=${log}`, ...nameFlag(surroundings), ...definition.flags];
      const content = renderPlist(definition, { label, home, output: posix.join(logs, "launchd.log"), args });
      return [
        ...(found === undefined || readDefinition(found) !== undefined ? [] : [putAside(found, file, surroundings)]),
        { kind: "folder", path: logs },
        { kind: "write", path: file, content, mode: 0o644 },
        ...unload,
        ...load,
      ];
    },
    uninstall: () => [...unload, { kind: "remove", path: file }, { kind: "remove", path: logs }],
    // Where it is loaded, bootstrap fails and there is nothing to do but to run it.
    start: () => [
      run("enable", target),
      { ...run("bootstrap", domain, file), mayFail: true },
      run("kickstart", target),
    ],
    stop: () => unload,
    // kickstart -k would do both, but does not say that it lets running requests end.
    restart: () => [...unload, ...load],
    logs: ({ lines, follow }) => ["tail", "-n", String(lines), ...(follow ? ["-F"] : []), log],
    runsWhen: () => "It starts when you log in, and again by itself if it ends.",
  };
}

/** Somebody else's agent of our label: kept where launchd does not look for agents. */
function putAside(found: string, file: string, surroundings: Surroundings): Step {
  const why = startsOlderPackage(found)
    ? "the autostart of the package claude-max-api-proxy, which this one replaces"
    : "an agent of the same label, which this program did not write";
  return {
    kind: "move",
    from: file,
    to: `${posix.dirname(configFilePath(surroundings))}/${labelOf(surroundings)}.plist.replaced`,
    why,
  };
}

/** `print` is meant for people; what is read here has been the same in all versions that have it. */
async function readState({ system }: Surroundings, domain: string, label: string): Promise<ServiceState> {
  const [printed, disabled] = [
    await system.run(["launchctl", "print", `${domain}/${label}`]),
    await system.run(["launchctl", "print-disabled", domain]),
  ];
  const isEnabled = !new RegExp(`"${label}" => (true|disabled)`).test(disabled?.stdout ?? "");
  if (printed?.code !== 0) return { isEnabled, isRunning: false, detail: "not loaded" };
  const value = (name: string) => new RegExp(`^\\s*${name} = (.*)$`, "m").exec(printed.stdout)?.[1];
  const pid = Number(value("pid") ?? 0);
  const exit = value("last exit code");
  return {
    isEnabled,
    isRunning: pid > 0,
    ...(pid > 0 && { pid }),
    detail: `${value("state") ?? "unknown"}${exit === undefined || /never/.test(exit) ? "" : `, last exit code ${exit}`}`,
  };
}

async function refuseWithoutSession({ system }: Surroundings, domain: string): Promise<void> {
  const result = await system.run(["launchctl", "print", domain]);
  if (result === undefined) throw new Error("there is no launchctl here: it belongs to macOS, in /bin.");
  if (result.code === 0) return;
  throw new Error(
    `launchd has no login session for you (${domain}): agents run in one, and find your Claude login in its keychain. Log in at the ` +
      "Mac's screen, or by screen sharing, and run this again; by ssh alone `claude-max-api serve` can be run in a terminal.",
  );
}

type Agent = Readonly<Record<"label" | "home" | "output", string>> & { readonly args: readonly string[] };

/**
 * The property list of a launchd agent: launchd.plist(5). `args` are the words after the executable; launchd puts what the program prints into
 * `output`, and its log is elsewhere.
 */
export function renderPlist(definition: ServiceDefinition, { label, home, output, args }: Agent): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by "claude-max-api service install". ${definitionMark(definition)} -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${label}</string>
  <key>ProgramArguments</key>
  <array>
${[definition.executable, ...args].map((word) => `    <string>${escapeXml(word)}</string>`).join("\n")}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${Object.entries(definition.environment)
  .map(([name, value]) => `    <key>${escapeXml(name)}</key>\n    <string>${escapeXml(value)}</string>`)
  .join("\n")}
  </dict>
  <key>WorkingDirectory</key>
  <string>${escapeXml(home)}</string>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <true/>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ProcessType</key>
  <string>Interactive</string>
  <key>ExitTimeOut</key>
  <integer>20</integer>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardOutPath</key>
  <string>${escapeXml(output)}</string>
  <key>StandardErrorPath</key>
  <string>${escapeXml(output)}</string>
</dict>
</plist>
`;
}
