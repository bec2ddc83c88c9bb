import { messageOf } from "../../config/errors.ts";
import { openLogFile } from "../../observability/log-file.ts";
import type { Call } from "../command.ts";
import { flagValue, settingsOf } from "../command-line/settings.ts";
import { serve } from "../serve/serve.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { createStyle } from "../terminal/text.ts";
import { readEnvironmentFile } from "./environment-file.ts";
import { LOG_FILE } from "./options.ts";

/** The server as launchd and the Task Scheduler run it, which read no environment from a file, and bound no log. */
export async function runService(call: Call): Promise<number> {
  const path = flagValue(LOG_FILE, call);
  const terminal = path === undefined ? call.surroundings.terminal : intoFile(path, call.surroundings.terminal);
  try {
    const env = { ...call.surroundings.env, ...readEnvironmentFile(call.surroundings) };
    const surroundings = { ...call.surroundings, env, terminal };
    await serve({ ...settingsOf({ ...call, surroundings }), surroundings });
    return 0;
  } catch (error) {
    // The caller tells it where nobody looks.
    if (path !== undefined) terminal.writeError(`claude-max-api: ${messageOf(error)}\n`);
    throw error;
  }
}

/** A terminal whose output goes to a file, and to where it went before when the file cannot be written. */
function intoFile(path: string, terminal: Terminal): Terminal {
  const append = openLogFile(path);
  const write = (text: string) => {
    try {
      append(text);
    } catch {
      terminal.writeError(text);
    }
  };
  const style = createStyle(false);
  return { ...terminal, write, writeError: write, style, errorStyle: style };
}
