/**
 * Each child gets a process group of its own, where there are such: `claude` may be a script that runs the real one, and whoever
 * ends the script must end what it runs, too. It also keeps the terminal's Ctrl-C for us alone: turns that run may end.
 */
export const OWN_GROUP = { detached: process.platform !== "win32" } as const;

/** Signals a child that was started with {@link OWN_GROUP}, and whatever it has started, also after it is gone itself. */
export function signalGroup(child: Bun.Subprocess, signal: NodeJS.Signals): void {
  if (!OWN_GROUP.detached) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}
