import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClaudeBackend } from "../../src/claude/backend.ts";
import { createClaudeBackend } from "../../src/claude/create-backend.ts";
import { AnswerRecorder } from "../../src/claude/turn/answer-events.ts";
import type { ChatEvent, Finish } from "../../src/core/event.ts";
import type { ChatRequest, Turn } from "../../src/core/request.ts";
import { Logger } from "../../src/observability/logger.ts";
import { type RecordedRequest, type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { EventOrder } from "./event-order.ts";
import { A_DAY_MS, BASE_CONFIG, inspectOnce, TEST_TOKEN } from "./harness.ts";

export type Answered = { readonly turn: Turn; readonly finish: Finish; readonly events: readonly ChatEvent[] };

/** What dialects ask, without any of them: real CLI, simulated API. */
export class BackendHarness implements AsyncDisposable {
  readonly simulator: Simulator = startSimulator();
  readonly #home = mkdtempSync(join(tmpdir(), "claude-max-api-backend-"));
  readonly #served: string[] = [];
  readonly backend: ClaudeBackend;

  constructor() {
    const { backend } = createClaudeBackend({
      ...BASE_CONFIG,
      anthropicBaseUrl: this.simulator.url,
      env: { PATH: process.env.PATH, HOME: this.#home, CLAUDE_CODE_OAUTH_TOKEN: TEST_TOKEN },
      home: this.#home,
      platform: process.platform,
      inspect: inspectOnce,
      learnDelayMs: A_DAY_MS,
      workingDirectory: join(this.#home, "cache", "empty"),
      logger: new Logger("debug", (line) => this.#served.push(...(/ debug served (.*)\n/.exec(line)?.slice(1) ?? []))),
    });
    this.backend = backend;
  }

  async start(): Promise<this> {
    await this.backend.start();
    return this;
  }

  /** Asks, and fails where the answer does. */
  async ask(request: ChatRequest): Promise<Answered> {
    const [answer, order, events]: [AnswerRecorder, EventOrder, ChatEvent[]] = [
      new AnswerRecorder(),
      new EventOrder(),
      [],
    ];
    let finish: Finish | undefined;
    // Else another process might be started for a question alone.
    for await (const event of this.backend.run(request, new AbortController().signal, { isStreamed: true })) {
      if (event.type === "error") throw event.error;
      if (event.type === "finish") finish = event;
      order.check(event);
      answer.push(event);
      events.push(event);
    }
    if (finish === undefined) throw new Error("the answer has no end");
    return { turn: answer.turn, finish, events };
  }

  /** The newest request that reached the API. */
  get received(): RecordedRequest {
    const request = this.simulator.requests.at(-1);
    if (request === undefined) throw new Error("no request arrived");
    return request;
  }

  /** How the newest request was served, as the log tells it: `how=… keep=… of=… results=… pid=…`. */
  get served(): string {
    return this.#served.at(-1) ?? "";
  }

  async [Symbol.asyncDispose]() {
    await this.backend.close();
    await this.simulator.close();
    rmSync(this.#home, { recursive: true, force: true });
  }
}
