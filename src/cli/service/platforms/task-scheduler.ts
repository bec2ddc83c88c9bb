import { win32 } from "node:path";
import Type from "typebox";
import { Compile } from "typebox/compile";
import { attempt } from "../../../config/errors.ts";
import { cacheDirectory } from "../../../config/paths.ts";
import type { Surroundings } from "../../command.ts";
import { definitionMark, type ServiceDefinition } from "../definition.ts";
import { instanceSuffix, nameFlag } from "../instance.ts";
import type { ServiceManager, ServiceState } from "../manager.ts";
import { escapeXml } from "./xml.ts";

/** What PowerShell tells of a task; State: 0 unknown, 1 disabled, 2 queued, 3 ready, 4 running. */
const TaskState = Type.Object({ State: Type.Integer(), LastTaskResult: Type.Optional(Type.Integer()) });
const STATES = ["unknown", "disabled", "queued", "ready", "running"];
const RUNNING = 4;
const DISABLED = 1;

/** A task of the Task Scheduler at the user's logon: schtasks, and PowerShell where schtasks speaks the user's language. */
export function createTaskScheduler(surroundings: Surroundings): ServiceManager {
  const { env, home, system } = surroundings;
  // All users of a machine share one list of tasks.
  const task = `claude-max-api-${system.userName.replace(/[^\w.-]/g, "_")}${instanceSuffix(surroundings, "@")}`;
  const folder = cacheDirectory(surroundings);
  const file = win32.join(folder, `service${instanceSuffix(surroundings)}.xml`);
  const logs = win32.join(folder, `Logs${instanceSuffix(surroundings)}`);
  const log = win32.join(logs, "service.log");
  const run = (...words: string[]) => ({ kind: "run", argv: ["schtasks", ...words, "/TN", task] }) as const;
  const end = { ...run("/End"), mayFail: true } as const;
  const start = [run("/Change", "/ENABLE"), run("/Run")];
  // Enabled, it would be started again within minutes.
  const stop = [run("/Change", "/DISABLE"), end];
  return {
    name: `scheduled task ${task}`,
    file,
    logPlace: log,
    withoutLogs: "There is none before the service has run once.",
    check: () => refuseElevated(surroundings),
    state: () => readState(surroundings, task),
    install: (definition: ServiceDefinition) => {
      const userId = env.USERDOMAIN ? `${env.USERDOMAIN}\\${system.userName}` : system.userName;
      const args = ["service", "run", `--log-file=${log}`, ...nameFlag(surroundings), ...definition.flags];
      const content = renderTask(definition, { userId, home, args });
      const create = run("/Create", "/XML", file, "/F");
      return [
        { kind: "folder", path: logs },
        { kind: "write", path: file, content, mode: 0o600, encoding: "utf-16le" },
        end,
        create,
        run("/Run"),
      ];
    },
    uninstall: () => [end, run("/Delete", "/F"), { kind: "remove", path: file }, { kind: "remove", path: logs }],
    start: () => start,
    stop: () => stop,
    restart: () => [end, ...start],
    logs: ({ lines, follow }) =>
      powershell(`Get-Content -Encoding UTF8 -Tail ${lines}${follow ? " -Wait" : ""} -LiteralPath ${quote(log)}`),
    runsWhen: () => "It starts when you log on, and again within five minutes if it ends.",
  };
}

function powershell(script: string): string[] {
  return ["powershell", "-NoProfile", "-NonInteractive", "-Command", script];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function readState({ system }: Surroundings, task: string): Promise<ServiceState> {
  const script =
    `$t = Get-ScheduledTask -TaskName ${quote(task)} -ErrorAction Stop; ` +
    "@{ State = [int]$t.State; LastTaskResult = ($t | Get-ScheduledTaskInfo).LastTaskResult } | ConvertTo-Json -Compress";
  const result = await system.run(powershell(script));
  if (result?.code !== 0) return { isEnabled: false, isRunning: false, detail: "no such task" };
  const told: unknown = attempt(() => JSON.parse(result.stdout));
  if (!Compile(TaskState).Check(told)) return { isEnabled: false, isRunning: false, detail: "unknown" };
  return {
    isEnabled: told.State !== DISABLED,
    isRunning: told.State === RUNNING,
    detail: STATES[told.State] ?? "unknown",
  };
}

/** The label "High Mandatory Level" of an elevated process, the same in every language. */
const ELEVATED = "S-1-16-12288";

async function refuseElevated({ system }: Surroundings): Promise<void> {
  if ((await system.run(["schtasks", "/?"])) === undefined) {
    throw new Error("there is no schtasks here: it belongs to Windows, in System32, which should be on your PATH.");
  }
  const groups = await system.run(["whoami", "/groups", "/fo", "csv", "/nh"]);
  if (!groups?.stdout.includes(ELEVATED)) return;
  throw new Error(
    "this terminal is elevated (Run as administrator). The service runs as you, with your Claude login: a task that an administrator " +
      "made may belong to another account, and can later be changed only by an administrator. Use a terminal that is not elevated.",
  );
}

type Task = Readonly<Record<"userId" | "home", string>> & { readonly args: readonly string[] };

/**
 * A task of the Task Scheduler, in version 1.2 of its schema. The logon of `userId`, as `DOMAIN\name`, starts it; `args` are the words after the
 * executable. What a trigger and an action hold has to stand in this order.
 *
 * - `conhost.exe --headless` runs a program of the console without a window: `Hidden` only hides the task in lists.
 * - conhost does not pass on the exit code, so that RestartOnFailure sees only what did not start. The trigger therefore repeats; as long as
 *   an instance runs, IgnoreNew makes that do nothing.
 * - Without ExecutionTimeLimit PT0S the task would be ended after three days; by default it would not start on battery, either.
 * - Priority 5 is that of programs one starts by hand; a task's usual 7 is below normal, for memory and disks as well.
 */
export function renderTask(definition: ServiceDefinition, { userId, home, args }: Task): string {
  const user = escapeXml(userId);
  const words = ["--headless", definition.executable, ...args].map(quoteForWindows).join(" ");
  return `<?xml version="1.0" encoding="UTF-16"?>
<!-- Written by "claude-max-api service install". ${definitionMark(definition)} -->
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Author>${user}</Author>
    <Description>claude-max-api: a local server for your own Claude subscription</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Repetition>
        <Interval>PT5M</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
      <Enabled>true</Enabled>
      <UserId>${user}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${user}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <IdleSettings>
      <StopOnIdleEnd>false</StopOnIdleEnd>
      <RestartOnIdle>false</RestartOnIdle>
    </IdleSettings>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <Enabled>true</Enabled>
    <Hidden>true</Hidden>
    <RunOnlyIfIdle>false</RunOnlyIfIdle>
    <WakeToRun>false</WakeToRun>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>5</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>10</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>%SystemRoot%\\System32\\conhost.exe</Command>
      <Arguments>${escapeXml(words)}</Arguments>
      <WorkingDirectory>${escapeXml(home)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`;
}

/** A word as CommandLineToArgvW takes it apart again: backslashes count only before a quotation mark. */
export function quoteForWindows(word: string): string {
  if (/^[^\s"]+$/.test(word)) return word;
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}
