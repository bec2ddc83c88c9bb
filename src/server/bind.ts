import { MISSING_ADDRESS, reachableHost } from "../config/network-names.ts";
import { reasonOf } from "../core/error.ts";

/** Why the server cannot listen, written for the person who started it. */
export class ListenError extends Error {
  /** The system's code, such as EADDRINUSE. */
  readonly code: string;

  constructor(code: string, message: string, cause: unknown) {
    super(message, { cause });
    this.name = "ListenError";
    this.code = code;
  }
}

/** What listens at one address. */
export type Bound = { readonly port?: number | undefined; stop(closeConnections: boolean): Promise<void> };

type BindOptions<T extends Bound> = {
  /** All of them are listened on, as far as this machine has them. */
  readonly addresses: readonly string[];
  /** The same for all; 0: one that is free at all. */
  readonly port: number;
  readonly bind: (address: string, port: number) => T;
  /** Told of an address that this machine does not have, while it has another. */
  readonly onMissing: (address: string, reason: ListenError) => void;
};

type BoundAt<T> = { readonly address: string; readonly server: T };

/** How often a free port of one address may turn out to be taken at another. */
const MOST_TRIES = 20;

/** Listens at every address, or at none. Throws a ListenError for the first that cannot be had, unless it is merely missing. */
export function bindAll<T extends Bound>(options: BindOptions<T>): BoundAt<T>[] {
  for (let tries = 1; ; tries++) {
    const outcome = bindOnce(options);
    if (!(outcome instanceof ListenError)) return outcome;
    if (options.port !== 0 || outcome.code !== "EADDRINUSE" || tries === MOST_TRIES) throw outcome;
  }
}

function bindOnce<T extends Bound>({ addresses, port, bind, onMissing }: BindOptions<T>): BoundAt<T>[] | ListenError {
  const bound: BoundAt<T>[] = [];
  const missing: { address: string; error: ListenError }[] = [];
  for (const address of addresses) {
    try {
      bound.push({ address, server: bind(address, bound[0]?.server.port ?? port) });
    } catch (cause) {
      const error = explain(cause, { address, port, isOneOf: addresses.length > 1 });
      if (MISSING_ADDRESS.includes(error.code)) missing.push({ address, error });
      else {
        for (const { server } of bound) void server.stop(true);
        return error;
      }
    }
  }
  const [first] = missing;
  if (bound.length === 0 && first) return first.error;
  for (const { address, error } of missing) onMissing(address, error);
  return bound;
}

type Wanted = { readonly address: string; readonly port: number; readonly isOneOf: boolean };

function explain(cause: unknown, { address, port, isOneOf }: Wanted): ListenError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "UNKNOWN";
  const usual = `Cannot listen on ${address}, port ${port}: ${reasonOf(cause)}`;
  const messages: Readonly<Record<string, string>> = {
    EADDRINUSE:
      `Port ${port} is in use${isOneOf ? ` on ${address}` : ""}. Another claude-max-api may be running: ask who is there with ` +
      `'curl http://${reachableHost(address)}:${port}/health', stop that one, or choose another port with --port ${port < 65_535 ? port + 1 : 3456}.`,
    EACCES: `Port ${port} needs administrator rights. Choose one from 1024 up, for example --port 3456.`,
    EADDRNOTAVAIL: `${address} is not an address of this machine. Check --host.`,
  };
  return new ListenError(code, messages[code] ?? usual, cause);
}
