import { posix, win32 } from "node:path";

export type PathContext = {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
};

const FOLDER = "claude-max-api";
const FILE = "config.json";

/** Where the configuration file is looked for when none is named. */
export function configFilePath({ platform, env, home }: PathContext): string {
  switch (platform) {
    case "win32":
      return win32.join(env.APPDATA || win32.join(home, "AppData", "Roaming"), FOLDER, FILE);
    case "darwin":
      return posix.join(home, "Library", "Application Support", FOLDER, FILE);
    default: {
      const configured = env.XDG_CONFIG_HOME ?? "";
      // The XDG specification has relative paths ignored.
      return posix.join(posix.isAbsolute(configured) ? configured : posix.join(home, ".config"), FOLDER, FILE);
    }
  }
}

/** Where files are kept that can be made anew at any time. */
export function cacheDirectory({ platform, env, home }: PathContext): string {
  switch (platform) {
    case "win32":
      return win32.join(env.LOCALAPPDATA || win32.join(home, "AppData", "Local"), FOLDER);
    case "darwin":
      return posix.join(home, "Library", "Caches", FOLDER);
    default: {
      const configured = env.XDG_CACHE_HOME ?? "";
      return posix.join(posix.isAbsolute(configured) ? configured : posix.join(home, ".cache"), FOLDER);
    }
  }
}

/** The empty folder that the CLI runs in. */
export function workingDirectory(context: PathContext): string {
  return (context.platform === "win32" ? win32 : posix).join(cacheDirectory(context), "empty");
}

/** Where files are kept that the program writes, and that are not made anew when they are lost. */
export function stateDirectory({ platform, env, home }: PathContext): string {
  switch (platform) {
    case "win32":
      return win32.join(env.LOCALAPPDATA || win32.join(home, "AppData", "Local"), FOLDER, "State");
    case "darwin":
      return posix.join(home, "Library", "Application Support", FOLDER, "State");
    default: {
      const configured = env.XDG_STATE_HOME ?? "";
      const base = posix.isAbsolute(configured) ? configured : posix.join(home, ".local", "state");
      return posix.join(base, FOLDER);
    }
  }
}

/** The file in which responses are stored. */
export function responsesFile(context: PathContext): string {
  return (context.platform === "win32" ? win32 : posix).join(stateDirectory(context), "responses.sqlite");
}
