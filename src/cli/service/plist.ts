import { definitionMark, type ServiceDefinition } from "./definition.ts";
import { escapeXml } from "./xml.ts";

export type AgentPlaces = {
  readonly label: string;
  readonly home: string;
  /** Where launchd puts what the program prints; its log is elsewhere. */
  readonly output: string;
  /** The words after the executable. */
  readonly args: readonly string[];
};

/** The property list of a launchd agent: launchd.plist(5). */
export function renderPlist(definition: ServiceDefinition, { label, home, output, args }: AgentPlaces): string {
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
