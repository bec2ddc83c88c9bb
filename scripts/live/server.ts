import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator } from "../../src/simulator/simulator.ts";
import { loggedInClaude } from "../../test/support/logged-in-claude.ts";
import { surroundings } from "../bench/arena.ts";
import { type Running, startServer } from "../bench/binary.ts";
import type { Answer, LiveRequest } from "./claim.ts";
import { standIn } from "./stand-in.ts";
import type { ClaimServer } from "./try-claim.ts";

const ROOT = join(import.meta.dir, "../..");
/** Longer than an answer of so few tokens takes. */
const PATIENCE_MS = 180_000;

/** The server as a user starts it, from source, and all that it logs. */
export class LiveServer implements ClaimServer {
  readonly #folder: string;
  readonly #options: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #running: Running | undefined;
  #started = 0;
  #read = 0;

  private constructor(folder: string, options: readonly string[], env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#options = options;
    this.#env = env;
  }

  /** Before the real API, by whatever login the CLI has; or before the simulated one. Nothing is started yet. */
  static open(cleanup: AsyncDisposableStack, { simulated }: { readonly simulated: boolean }): LiveServer {
    const folder = mkdtempSync(join(tmpdir(), "claude-max-api-live-"));
    cleanup.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
    let server: LiveServer;
    if (simulated) {
      const simulator = startSimulator({ responder: standIn });
      cleanup.defer(() => simulator.close());
      const few = ["--warm", "0", "--max-workers", "2"];
      const options = ["--claude-path", loggedInClaude(folder), "--anthropic-base-url", simulator.url, ...few];
      server = new LiveServer(folder, options, surroundings(folder, simulator.url).env);
    } else {
      const env = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
      server = new LiveServer(folder, [], Object.fromEntries(env));
    }
    cleanup.defer(() => server.restart());
    return server;
  }

  /** Asks, and waits for the whole answer. */
  async ask(request: LiveRequest): Promise<Answer> {
    this.#running ??= await this.#start();
    return { ...(await askServer(this.#running.url, request)), log: this.#newLines() };
  }

  async #start(): Promise<Running> {
    this.#started++;
    this.#read = 0;
    const command = [process.execPath, "--no-env-file", join(ROOT, "src/main.ts"), "--port", "0"];
    const log = Bun.file(this.#logPath);
    return await startServer(
      [...command, "--no-store", "--log-level", "debug", ...this.#options],
      { home: this.#folder, env: this.#env },
      /listens on (http:\S+)/,
      log,
    );
  }

  /** Ends it: what is asked next is asked of a new one. */
  async restart(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }

  get #logPath(): string {
    return join(this.#folder, `log-${this.#started}.txt`);
  }

  #newLines(): string[] {
    const lines = readFileSync(this.#logPath, "utf8").split("\n");
    const fresh = lines.slice(this.#read);
    this.#read = Math.max(0, lines.length - 1);
    return fresh;
  }
}

export async function askServer(url: string, request: LiveRequest): Promise<Omit<Answer, "log">> {
  const { path = "/v1/messages", body, headers } = request;
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const ignored = response.headers.get("x-claude-max-api-ignored")?.split(",") ?? [];
  return { status: response.status, ignored, body: await response.json() };
}
