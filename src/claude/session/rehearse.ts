import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Type from "typebox";
import { Compile } from "typebox/compile";
import { isJsonObject } from "../../core/json.ts";
import type { Logger } from "../../observability/logger.ts";
import { cliArguments } from "../cli/arguments.ts";
import { API_KEY_VARIABLES } from "../cli/environment.ts";
import { cliSettings } from "../cli/settings.ts";
import { CliProcess } from "../process/cli-process.ts";
import { ToolNames } from "../tools/tool-names.ts";
import { awaitMessage } from "../turn/await-message.ts";
import { systemPrompts, userMessage } from "../turn/encode-input.ts";
import { type CannedApi, DUMMY_TOKEN, startCannedApi } from "./canned-api.ts";
import type { Attachment } from "./encode-transcript.ts";

export type Rehearsal = {
  /** The CLI. */
  readonly path: string;
  readonly model: string;
  /** What real processes run in and with; credentials in it are left out. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whom the CLI calls the user: see account.ts. */
  readonly address: string | undefined;
  readonly logger: Logger;
  readonly timeoutMs: number;
  /** Where its own folder is made; default: the system's place for temporary files. */
  readonly scratch?: string;
};

/**
 * What the CLI attaches to the first question of a conversation: a process of its own is asked one, which a canned API on loopback
 * answers, and its transcript is read. It knows no credentials, keeps its files in a folder that is deleted, and ends with this.
 * Throws when it does not work in time.
 */
export async function rehearse(rehearsal: Rehearsal): Promise<Attachment[]> {
  const folder = await mkdtemp(join(rehearsal.scratch ?? tmpdir(), "claude-max-api-rehearsal-"));
  const api = startCannedApi();
  try {
    if (rehearsal.address !== undefined) {
      const config = { oauthAccount: { emailAddress: rehearsal.address } };
      await writeFile(join(folder, ".claude.json"), JSON.stringify(config), { mode: 0o600 });
    }
    await askOnce(rehearsal, folder, api.url);
    if (api.sawOtherLogin) throw new Error("the CLI used another login than it was given");
    return attachmentsIn(await readTranscript(folder));
  } finally {
    await api.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function askOnce(rehearsal: Rehearsal, folder: string, url: CannedApi["url"]): Promise<void> {
  const { path, model, cwd, logger, timeoutMs } = rehearsal;
  const end = Date.now() + timeoutMs;
  const left = () => Math.max(0, end - Date.now());
  const settings = cliSettings({ anthropicBaseUrl: url, allowApiKey: false });
  const process = new CliProcess({
    path,
    args: cliArguments({ settings, model, keepsTranscript: true }),
    env: rehearsalEnvironment(rehearsal.env, folder, url),
    cwd,
    logger,
  });
  try {
    await process.request({ subtype: "initialize", systemPrompt: systemPrompts("") }, left());
    const question = userMessage(
      { role: "user", content: [{ type: "text", text: "?" }] },
      { uuid: crypto.randomUUID(), query: true, names: new ToolNames([]) },
    );
    const answered = await awaitMessage(process, () => process.send(question), {
      isAnswer: (message) => message.type === "result",
      timeoutMs: left(),
    });
    if (!answered) throw new Error("the CLI did not answer in time");
    // It writes the end of its transcript when it leaves.
    await process.close();
  } finally {
    await process.terminate();
  }
}

/** Variables by which a process could get at credentials, or past our API. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...API_KEY_VARIABLES,
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "http_proxy",
  "https_proxy",
]);

export function rehearsalEnvironment(
  env: Readonly<Record<string, string>>,
  folder: string,
  url: string,
): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !LEFT_OUT.has(name))),
    CLAUDE_CONFIG_DIR: folder,
    CLAUDE_CODE_OAUTH_TOKEN: DUMMY_TOKEN,
    CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: "1",
    ANTHROPIC_BASE_URL: url,
  };
}

async function readTranscript(folder: string): Promise<string> {
  const projects = join(folder, "projects");
  const names = await readdir(projects, { recursive: true });
  const [name, ...others] = names.filter((entry) => entry.endsWith(".jsonl"));
  if (name === undefined || others.length > 0) throw new Error("the CLI wrote no transcript, or several");
  return readFile(join(projects, name), "utf8");
}

const Line = Compile(Type.Object({ type: Type.String() }));
const AttachmentLine = Compile(
  Type.Object({ type: Type.Literal("attachment"), attachment: Type.Object({ type: Type.String() }) }),
);

/** It repeats the system prompt, which a resumed process is told anyway. */
const PROMPT_SNAPSHOT = "prompt_snapshot";

/** The attachments between the first question and its answer, in order. */
export function attachmentsIn(transcript: string): Attachment[] {
  const lines = transcript.split("\n").flatMap((text): unknown[] => (text === "" ? [] : [JSON.parse(text)]));
  const isOf = (type: string) => (line: unknown) => Line.Check(line) && line.type === type;
  const question = lines.findIndex(isOf("user"));
  const answer = lines.findIndex(isOf("assistant"));
  if (question === -1 || answer < question) throw new Error("the CLI's transcript holds no question and answer");
  return lines.slice(question, answer).flatMap((line) => {
    if (!AttachmentLine.Check(line) || line.attachment.type === PROMPT_SNAPSHOT) return [];
    const attachment: unknown = line.attachment;
    return isJsonObject(attachment) ? [attachment] : [];
  });
}
