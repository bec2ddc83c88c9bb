import { posix, win32 } from "node:path";

export type LocateOptions = {
  /** What the user named by `--claude-path`: then nothing else is looked at. */
  readonly explicitPath?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly isExecutable: (path: string) => boolean;
};

/** The `claude` binary to use: the named one, else the first on PATH, else one of the installers' usual places. */
export function locateClaude(options: LocateOptions): string | undefined {
  return candidatePaths(options).find(options.isExecutable);
}

/** Every path that {@link locateClaude} looks at, in order. */
export function candidatePaths({ explicitPath, env, home, platform }: LocateOptions): string[] {
  const windows = platform === "win32";
  const { join, delimiter, resolve } = windows ? win32 : posix;
  // Absolute: the CLI is started in another folder than ours.
  if (explicitPath !== undefined) return [resolve(explicitPath)];
  const name = windows ? "claude.exe" : "claude";
  const onPath = (env.PATH ?? env.Path ?? "")
    .split(delimiter)
    .filter((directory) => directory !== "")
    .map((directory) => resolve(directory, name));
  return [...onPath, ...usualPlaces({ home, env, windows }).map((directory) => join(directory, name))];
}

function usualPlaces({ home, env, windows }: { home: string; env: LocateOptions["env"]; windows: boolean }): string[] {
  if (windows) {
    const roaming = env.APPDATA ?? win32.join(home, "AppData", "Roaming");
    return [
      win32.join(home, ".local", "bin"),
      win32.join(roaming, "npm", "node_modules", "@anthropic-ai", "claude-code", "bin"),
    ];
  }
  return [
    posix.join(home, ".local/bin"),
    posix.join(home, ".claude/local"),
    posix.join(home, ".claude/local/node_modules/.bin"),
    "/opt/homebrew/bin",
    "/usr/local/bin",
    "/usr/bin",
    posix.join(home, ".npm-global/bin"),
    posix.join(home, ".bun/bin"),
    posix.join(home, ".volta/bin"),
    posix.join(home, ".local/share/pnpm"),
    posix.join(home, "Library/pnpm"),
  ];
}
