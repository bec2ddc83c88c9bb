import { posix, win32 } from "node:path";

export type PathContext = {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
};

/** How paths are written on a system. */
export const pathsOf = (platform: string) => (platform === "win32" ? win32 : posix);

/** A path that begins with `~/` in the user's home: a shell does not see to it behind `=`, in a variable or in a file. */
export function expandHome(path: string, { home, platform }: Pick<PathContext, "home" | "platform">): string {
  const { join } = pathsOf(platform);
  const rest = /^~(?:$|\/(.*)|\\(.*))/s.exec(path);
  return rest === null || (rest[2] !== undefined && platform !== "win32") ? path : join(home, rest[1] ?? rest[2] ?? "");
}

const FOLDER = "claude-max-api";

/** By which variable, or where in the home, a system keeps files of one kind. */
type Place = { readonly variable: string; readonly usual: string };

/** The folder of ours among those of a kind. */
function folderIn(
  { windows, macos, xdg }: { readonly windows: Place; readonly macos: string; readonly xdg: Place },
  { platform, env, home }: PathContext,
): string {
  switch (platform) {
    case "win32":
      return win32.join(env[windows.variable] || win32.join(home, windows.usual), FOLDER);
    case "darwin":
      return posix.join(home, "Library", macos, FOLDER);
    default:
      return posix.join(xdgFolder(xdg, { env, home }), FOLDER);
  }
}

/** The XDG specification has relative paths ignored. */
export function xdgFolder({ variable, usual }: Place, { env, home }: Pick<PathContext, "env" | "home">): string {
  const configured = env[variable] ?? "";
  return posix.isAbsolute(configured) ? configured : posix.join(home, usual);
}

export const XDG_CONFIG: Place = { variable: "XDG_CONFIG_HOME", usual: ".config" };
const ROAMING: Place = { variable: "APPDATA", usual: "AppData\\Roaming" };
const LOCAL: Place = { variable: "LOCALAPPDATA", usual: "AppData\\Local" };

/** Where the configuration file is looked for when none is named. */
export function configFilePath(context: PathContext): string {
  const folder = folderIn({ windows: ROAMING, macos: "Application Support", xdg: XDG_CONFIG }, context);
  return pathsOf(context.platform).join(folder, "config.json");
}

/** Where files are kept that can be made anew at any time. */
export function cacheDirectory(context: PathContext): string {
  const xdg = { variable: "XDG_CACHE_HOME", usual: ".cache" };
  return folderIn({ windows: LOCAL, macos: "Caches", xdg }, context);
}

/** The empty folder that the CLI runs in. */
export function workingDirectory(context: PathContext): string {
  return pathsOf(context.platform).join(cacheDirectory(context), "empty");
}

/** Where files are kept that the program writes, and that are not made anew when they are lost. */
export function stateDirectory(context: PathContext): string {
  const xdg = { variable: "XDG_STATE_HOME", usual: ".local/state" };
  const folder = folderIn({ windows: LOCAL, macos: "Application Support", xdg }, context);
  const isShared = context.platform === "win32" || context.platform === "darwin";
  return isShared ? pathsOf(context.platform).join(folder, "State") : folder;
}

/** The file in which responses are stored. */
export function responsesFile(context: PathContext): string {
  return pathsOf(context.platform).join(stateDirectory(context), "responses.sqlite");
}
