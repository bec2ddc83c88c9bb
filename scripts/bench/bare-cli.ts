import { cliArguments, cliEnvironment, cliSettings } from "../../src/claude/cli/invocation.ts";
import { CLAUDE, type Surroundings } from "./binary.ts";
import { isAnthropicDelta, linesOf, Stopwatch, type Timed } from "./timed-stream.ts";

export const BARE = "bare CLI";

/** Its fields come in no certain order; an answer's text cannot look like it, being a string within JSON. */
const isResult = (line: string) => !line.startsWith('{"type":"stream_event"') && line.includes('"type":"result"');

/** One process of the CLI, started as ours are and asked over its stdin, without anything of ours in between. */
export class BareCli {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "ignore">;
  readonly #lines: AsyncGenerator<string>;

  private constructor(child: Bun.Subprocess<"pipe", "pipe", "ignore">) {
    this.#child = child;
    this.#lines = linesOf(child.stdout);
  }

  static async start({ home, env, anthropicUrl }: Surroundings, system: string): Promise<BareCli> {
    const options = { anthropicBaseUrl: anthropicUrl, allowApiKey: false };
    const args = cliArguments({ settings: cliSettings(options), model: "sonnet" });
    const child = Bun.spawn([CLAUDE, ...args], {
      cwd: home,
      env: cliEnvironment(env, options),
      stdin: "pipe",
      stdout: "pipe",
      stderr: "ignore",
      timeout: 180_000,
    });
    const cli = new BareCli(child);
    const request = { subtype: "initialize", systemPrompt: [system] };
    cli.#send({ type: "control_request", request_id: "1", request });
    await cli.#readUntil((line) => line.includes('"control_response"'));
    return cli;
  }

  /** From writing the message until the CLI says that the turn is over. */
  async ask(content: string): Promise<Timed> {
    const watch = new Stopwatch(isAnthropicDelta);
    this.#send({
      type: "user",
      message: { role: "user", content },
      parent_tool_use_id: null,
      session_id: "",
      uuid: crypto.randomUUID(),
      client_composed: true,
    });
    return watch.stop(await this.#readUntil(isResult, watch));
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  #send(message: object): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
    void this.#child.stdin.flush();
  }

  /** Gives the line that was looked for. */
  async #readUntil(isLast: (line: string) => boolean, watch?: Stopwatch): Promise<string> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error("the bare CLI ended");
      watch?.see(value);
      if (isLast(value)) return value;
    }
  }
}
