import { posix, win32 } from "node:path";

export type LocateOptions = {
  /** What the user named by `--claude-path`: then nothing else is looked at. */
  readonly explicitPath?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** The names in a folder, none where there is no such; absent: folders of versions are not looked into. */
  readonly namesIn?: (folder: string) => readonly string[];
};

/** Where the `claude` binary to use may be, in order: where it was named, else on PATH, else in one of the installers' usual places. */
export function candidatePaths({ explicitPath, env, home, platform, namesIn = () => [] }: LocateOptions): string[] {
  const windows = platform === "win32";
  const { join, delimiter, resolve } = windows ? win32 : posix;
  // Absolute: the CLI is started in another folder than ours.
  if (explicitPath !== undefined) return [resolve(explicitPath)];
  const name = windows ? "claude.exe" : "claude";
  const onPath = (env.PATH ?? env.Path ?? "")
    .split(delimiter)
    .filter((directory) => directory !== "")
    .flatMap((directory) => [resolve(directory, name), ...(windows ? [besideScript(directory)] : [])]);
  const usual = usualPlaces({ home, env, windows }).map((directory) => join(directory, name));
  const versioned = windows ? [] : versionFolders({ home, env, namesIn }).map((directory) => join(directory, name));
  return [...onPath, ...usual, ...versioned];
}

/** npm puts a script on PATH there, `claude.cmd`, and what that starts into a folder beside it. */
function besideScript(directory: string): string {
  return win32.resolve(directory, "node_modules", "@anthropic-ai", "claude-code", "bin", "claude.exe");
}

function usualPlaces({ home, env, windows }: { home: string; env: LocateOptions["env"]; windows: boolean }): string[] {
  if (windows) {
    const roaming = env.APPDATA ?? win32.join(home, "AppData", "Roaming");
    return [
      win32.join(home, ".local", "bin"),
      win32.join(roaming, "npm", "node_modules", "@anthropic-ai", "claude-code", "bin"),
    ];
  }
  const places = [
    ..."~/.local/bin ~/.claude/local ~/.claude/local/node_modules/.bin".split(" "),
    ..."/opt/homebrew/bin /usr/local/bin /usr/bin".split(" "),
    ..."~/.npm-global/bin ~/.bun/bin ~/.volta/bin ~/.local/share/pnpm ~/Library/pnpm".split(" "),
    ..."/home/linuxbrew/.linuxbrew/bin ~/.linuxbrew/bin".split(" "),
    ..."~/.nix-profile/bin ~/.local/state/nix/profile/bin".split(" "),
    ...(env.USER ? [`/etc/profiles/per-user/${env.USER}/bin`] : []),
    ..."/run/current-system/sw/bin /nix/var/nix/profiles/default/bin /snap/bin".split(" "),
    posix.join(env.MISE_DATA_DIR || "~/.local/share/mise", "shims"),
  ];
  return places.map((place) => (place.startsWith("~/") ? posix.join(home, place.slice(2)) : place));
}

/** Where version managers keep what npm installs globally: in a folder of each version of Node.js, or of the CLI itself. */
function versionFolders({ home, env, namesIn }: Required<Pick<LocateOptions, "home" | "env" | "namesIn">>): string[] {
  const data = posix.join(home, ".local/share");
  const mise = env.MISE_DATA_DIR || posix.join(data, "mise");
  const fnms = env.FNM_DIR
    ? [env.FNM_DIR]
    : [posix.join(data, "fnm"), posix.join(home, "Library/Application Support/fnm")];
  const managers: [folder: string, bin: string][] = [
    [posix.join(env.NVM_DIR || posix.join(home, ".nvm"), "versions/node"), "bin"],
    ...fnms.map((fnm): [string, string] => [posix.join(fnm, "node-versions"), "installation/bin"]),
    [posix.join(mise, "installs/node"), "bin"],
    [posix.join(mise, "installs/claude"), ""],
    [posix.join(mise, "installs/claude-code"), "bin"],
    [posix.join(mise, "installs/npm-anthropic-ai-claude-code"), "bin"],
    [posix.join(env.ASDF_DATA_DIR || posix.join(home, ".asdf"), "installs/nodejs"), "bin"],
  ];
  return managers.flatMap(([folder, bin]) => {
    const newestFirst = namesIn(folder).toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }));
    return newestFirst.map((name) => posix.join(folder, name, bin));
  });
}
