import { definitionMark, type ServiceDefinition } from "./definition.ts";
import { escapeXml } from "./xml.ts";

export type TaskFacts = {
  /** `DOMAIN\name`, whose logon starts it. */
  readonly userId: string;
  readonly home: string;
  /** The words after the executable. */
  readonly args: readonly string[];
};

/**
 * A task of the Task Scheduler, in version 1.2 of its schema. What a trigger and an action hold has to stand in this order.
 *
 * - `conhost.exe --headless` runs a program of the console without a window: `Hidden` only hides the task in lists.
 * - conhost does not pass on the exit code, so that RestartOnFailure sees only what did not start. The trigger therefore repeats; as long as
 *   an instance runs, IgnoreNew makes that do nothing.
 * - Without ExecutionTimeLimit PT0S the task would be ended after three days; by default it would not start on battery, either.
 * - Priority 5 is that of programs one starts by hand; a task's usual 7 is below normal, for memory and disks as well.
 */
export function renderTask(definition: ServiceDefinition, { userId, home, args }: TaskFacts): string {
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
