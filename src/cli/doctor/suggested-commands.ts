import { quoted } from "../../claude/cli/shell-commands.ts";
import { ALL_OPTIONS, OPTIONS } from "../../config/options.ts";
import type { Flags } from "../../config/sources.ts";
import { type Call, PROGRAM } from "../command.ts";

/** Values of the server's flags, by name; undefined leaves one out. */
type Changes = Readonly<Record<string, string | undefined>>;

/** The command that starts the server with these flags changed, and with all others that were given. */
export type StartCommand = (changes: Changes) => string;

/** A key is not shown: the variable stands for it, and where that is not set either, the command is refused. */
export function startCommand({
  flags,
  surroundings: { platform },
}: Pick<Call, "flags" | "surroundings">): StartCommand {
  const key = platform === "win32" ? `$env:${OPTIONS.apiKey.env}` : `"$${OPTIONS.apiKey.env}"`;
  return (changes) => {
    const changed = Object.entries(changes).map(([flag, value]) => [flag, value === undefined ? [] : [value]] as const);
    const wanted: Flags = { ...flags, ...Object.fromEntries(changed) };
    const words = ALL_OPTIONS.flatMap(({ flag, kind }) =>
      (wanted[flag] ?? []).map((value) => {
        if (kind.takes === "none") return kind.fromText([value]) === false ? `--no-${flag}` : `--${flag}`;
        if (flag === OPTIONS.apiKey.flag) return `--${flag} ${key}`;
        // What begins with a dash would be taken for a flag.
        return `--${flag}${value.startsWith("-") ? "=" : " "}${quoted(value, platform)}`;
      }),
    );
    return [PROGRAM, ...words].join(" ");
  };
}

/** Takes a variable out of the shell's environment. */
export function unsetCommand(name: string, platform: NodeJS.Platform): string {
  return platform === "win32" ? `Remove-Item Env:${name}` : `unset ${name}`;
}
