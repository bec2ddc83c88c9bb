import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cliArguments, cliEnvironment, cliSettings } from "../../src/claude/cli/invocation.ts";
import { CliProcess } from "../../src/claude/process/cli-process.ts";
import {
  type Attachment,
  type EncodedTranscript,
  encodeTranscript,
} from "../../src/claude/session/encode-transcript.ts";
import { TranscriptFolder, type TranscriptPlace } from "../../src/claude/session/transcript-folder.ts";
import { ToolNames } from "../../src/claude/tools/tool-names.ts";
import { appendUserTurn, awaitMessage } from "../../src/claude/turn/conversation.ts";
import { assistantMessage, userMessage } from "../../src/claude/turn/encode-input.ts";
import { atOnce } from "../../src/core/pace.ts";
import type { Turn } from "../../src/core/request.ts";
import { Logger } from "../../src/observability/logger.ts";
import { text } from "../../src/simulator/reply.ts";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { claudeVersion } from "./claude-version.ts";
import { CLAUDE, TEST_TOKEN } from "./harness.ts";

const PATIENCE_MS = 60_000;
export const MODEL = { alias: "sonnet", id: "claude-sonnet-5-5" };
export const NAMES = new ToolNames([]);
const LOGGER = new Logger("silent");
let version: Promise<string> | undefined;

export const user = (words: string): Turn => ({ role: "user", content: [{ type: "text", text: words }] });
export const assistant = (words: string): Turn => ({ role: "assistant", content: [{ type: "text", text: words }] });

/** A home directory and a simulated API for processes of the real CLI, which are driven without a server. */
export class CliHome implements AsyncDisposable {
  readonly path = mkdtempSync(join(tmpdir(), "cli-home-"));
  readonly cwd = join(this.path, "cache", "empty");
  readonly folder = new TranscriptFolder(join(this.path, "cache", "sessions"));
  readonly simulator: Simulator;
  readonly #processes: CliProcess[] = [];

  constructor() {
    mkdirSync(this.cwd, { recursive: true });
    // Short, and different for each question.
    this.simulator = startSimulator({ responder: ({ body }) => text(answerTo(body.messages.length)) });
  }

  get env(): Record<string, string> {
    const own = { PATH: process.env.PATH, HOME: this.path, CLAUDE_CODE_OAUTH_TOKEN: TEST_TOKEN };
    return cliEnvironment(own, { anthropicBaseUrl: this.simulator.url, allowApiKey: false });
  }

  version(): Promise<string> {
    version ??= claudeVersion();
    return version;
  }

  /** The history as the file that a process goes on from. */
  async encode(
    turns: readonly Turn[],
    attachments: readonly Attachment[] = [],
    lastUuid = crypto.randomUUID(),
  ): Promise<EncodedTranscript> {
    const steps = encodeTranscript(turns, {
      names: NAMES,
      modelId: MODEL.id,
      cwd: this.cwd,
      version: await this.version(),
      sessionId: crypto.randomUUID(),
      newUuid: () => crypto.randomUUID(),
      now: new Date(),
      attachments,
      lastUuid,
    });
    return atOnce(steps);
  }

  /** Starts a process from the history, `ahead`: before it is there. */
  async resume(
    turns: readonly Turn[],
    attachments: readonly Attachment[] = [],
    { ahead = false } = {},
  ): Promise<ResumedSession> {
    const lastUuid = crypto.randomUUID();
    const transcript = await this.encode(turns, attachments, lastUuid);
    const place = await this.folder.makePlace();
    if (ahead) {
      const session = this.start({ path: place.path, at: lastUuid });
      await place.fill(transcript.pieces);
      return { session, transcript, place };
    }
    await place.fill(transcript.pieces);
    return { session: this.start({ path: place.path, at: transcript.resumeAt }), transcript, place };
  }

  start(resume?: { path: string; at: string | undefined }): CliSession {
    const settings = cliSettings({ anthropicBaseUrl: this.simulator.url, allowApiKey: false });
    const process = new CliProcess({
      path: CLAUDE,
      args: cliArguments({ settings, model: MODEL.alias, resume }),
      env: this.env,
      cwd: this.cwd,
      logger: LOGGER,
    });
    this.#processes.push(process);
    return new CliSession(process);
  }

  async [Symbol.asyncDispose]() {
    await Promise.all(this.#processes.map((process) => process.terminate()));
    await this.simulator.close();
    rmSync(this.path, { recursive: true, force: true });
  }
}

export type ResumedSession = {
  readonly session: CliSession;
  readonly transcript: EncodedTranscript;
  readonly place: TranscriptPlace;
};

export const answerTo = (messages: number) => `answer to ${messages} messages`;

export class CliSession {
  readonly process: CliProcess;
  /** What the last answer says of its prompt. */
  usage: unknown;

  constructor(process: CliProcess) {
    this.process = process;
  }

  async initialize(): Promise<this> {
    await this.request({ subtype: "initialize", systemPrompt: ["System."] });
    return this;
  }

  request(request: { readonly subtype: string } & Record<string, unknown>): Promise<unknown> {
    return this.process.request(request, PATIENCE_MS);
  }

  async append(turns: readonly Turn[]): Promise<void> {
    for (const turn of turns) {
      if (turn.role === "assistant") this.process.send(assistantMessage(turn, NAMES, MODEL.id));
      else
        await appendUserTurn(
          this.process,
          userMessage(turn, { uuid: crypto.randomUUID(), query: false, names: NAMES }),
        );
    }
  }

  /** Asks, waits for the end of the turn, and returns the uuid of the question. */
  async ask(question: Turn): Promise<string> {
    const uuid = crypto.randomUUID();
    const answered = await awaitMessage(
      this.process,
      () => this.process.send(userMessage(question, { uuid, query: true, names: NAMES })),
      {
        isAnswer: (message) => {
          const event = message.type === "stream_event" ? message.event : undefined;
          if (event?.type === "message_start") this.usage = event.message.usage;
          return message.type === "result";
        },
        timeoutMs: PATIENCE_MS,
      },
    );
    if (!answered) throw new Error("the CLI did not answer in time");
    return uuid;
  }

  rewind(target: string | undefined, newest: string | undefined): Promise<unknown> {
    return this.request({
      subtype: "rewind_conversation",
      target_message_uuid: target,
      last_seen_user_message_uuid: newest,
    });
  }
}
