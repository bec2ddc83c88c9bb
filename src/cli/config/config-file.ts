import { ConfigError } from "../../config/errors.ts";
import { settingsInUse } from "../../config/load.ts";
import { OPTIONS } from "../../config/options.ts";
import { configFilePath } from "../../config/paths.ts";
import { readConfigFile } from "../../config/read-config-file.ts";
import { environmentSource, flagSource, resolve } from "../../config/sources.ts";
import { readOptionalFile } from "../../config/text-file.ts";
import type { Call } from "../command.ts";
import { renderTable } from "../terminal/text.ts";

/** Prints the file's path, alone, so that it can stand in another command. */
export async function path(call: Call): Promise<number> {
  const { terminal, system } = call.surroundings;
  const file = fileOf(call);
  terminal.write(`${file}\n`);
  if (!system.exists(file)) terminal.writeError("There is no such file yet: claude-max-api config init makes one.\n");
  return 0;
}

export async function show({ flags, surroundings }: Call): Promise<number> {
  const { terminal, env, home, platform, readFile } = surroundings;
  const rows = settingsInUse({ flags, env, home, platform, readFile }).map(({ option, value, label }) => [
    option.flag,
    option.secret ? keys(value) : shown(value),
    label ?? "default",
  ]);
  terminal.write(renderTable(["SETTING", "VALUE", "FROM"].map(terminal.style.bold), rows));
  return 0;
}

export async function init(call: Call): Promise<number> {
  const { terminal, system } = call.surroundings;
  const file = fileOf(call);
  if (system.exists(file)) {
    terminal.writeError(`${file} is there already, and stays as it is. To change it: claude-max-api config edit\n`);
    return 1;
  }
  make(call, file);
  terminal.write(`Made ${file}. What else it may hold: claude-max-api --help\n`);
  return 0;
}

export async function edit(call: Call): Promise<number> {
  const { terminal, system, readFile } = call.surroundings;
  const file = fileOf(call);
  if (!system.exists(file)) make(call, file);
  const code = await open(call, file);
  if (code !== 0) {
    terminal.writeError(`The editor ended with ${code}; ${file} is as it left it.\n`);
    return 1;
  }
  const content = readOptionalFile(file, "the configuration file", readFile);
  if (content !== undefined) readConfigFile(file, content);
  terminal.write(
    `${file} is in order. A server reads it when it starts (a service: claude-max-api service restart).\n`,
  );
  return 0;
}

/** Only the user may read it: a key may come into it. */
function make({ surroundings }: Call, file: string): void {
  surroundings.system.writeFile(file, `{\n  "port": ${OPTIONS.port.default}\n}\n`, 0o600);
}

/** The editor's exit code. Throws where there is none. */
async function open({ surroundings: { env, platform, system } }: Call, file: string): Promise<number> {
  const named = env.VISUAL || env.EDITOR;
  const usual = platform === "win32" ? ["notepad.exe"] : ["nano", "vi"];
  for (const editor of named ? [named] : usual) {
    // An editor may have options with it, such as `code --wait`; one whose path has blanks is there by that path.
    const words = system.isExecutable(editor) ? [editor] : editor.split(/\s+/).filter((word) => word !== "");
    const code = await system.attach([...words, file]);
    if (code !== undefined) return code;
  }
  throw new ConfigError(
    named
      ? `there is no editor ${JSON.stringify(named)}: set VISUAL or EDITOR to one that is on your PATH, or edit ${file} yourself.`
      : `no editor was found: set VISUAL or EDITOR, or edit ${file} yourself.`,
  );
}

function fileOf({ flags, surroundings }: Call): string {
  return (
    resolve(OPTIONS.config, [flagSource(flags), environmentSource(surroundings.env)])?.value ??
    configFilePath(surroundings)
  );
}

function keys(value: unknown): string {
  const count = Array.isArray(value) ? value.length : 0;
  return count === 0 ? "" : count === 1 ? "1 key" : `${count} keys`;
}

/** As the configuration file has it; a text without its quotes. */
function shown(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return isEmpty ? "" : JSON.stringify(value);
}
