/** How long a server may take to start, or to leave before it is killed; an emulated one takes ten seconds. */
const GRACE_MS = 120_000;

export type Server = {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<number>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
};

/** Starts a binary, and waits for the line that says where it listens. Throws when it ends, or is silent for too long. */
export async function startServer(
  command: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Server> {
  const child = Bun.spawn([...command], { cwd, env: { ...env }, stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const bounded = async <T>(work: Promise<T>): Promise<T> => {
    const timer = setTimeout(kill, GRACE_MS);
    return work.finally(() => clearTimeout(timer));
  };
  const stop = async () => {
    child.kill("SIGTERM");
    await bounded(child.exited);
    process.off("exit", kill);
  };
  try {
    return { url: await bounded(findUrl(child.stdout)), pid: child.pid, exited: child.exited, stop };
  } catch (error) {
    kill();
    await child.exited;
    throw error;
  }
}

async function findUrl(stdout: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const read = async () => {
    for await (const chunk of stdout) {
      text += decoder.decode(chunk, { stream: true });
      const url = /listens on (http:\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    }
    reject(new Error(`it ended without saying where it listens: ${text}`));
  };
  // Read on to the end, so that the program can write.
  read().catch(reject);
  return promise;
}
