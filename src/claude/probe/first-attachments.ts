import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isJsonObject } from "../../core/json.ts";
import type { Attachment } from "../session/encode-transcript.ts";
import { systemPrompts } from "../turn/encode-input.ts";
import type { Script } from "./probe.ts";

/**
 * What the CLI attaches to the first question of a conversation: it is asked one, and its transcript is read. It depends on the version, the
 * model, the day and the user.
 */
export const firstAttachments: Script<Attachment[]> = {
  name: "first attachments",
  timeoutMs: 10_000,
  maxTries: 3,
  isDaily: true,
  run: async ({ start, request, ask, api, folder }) => {
    const process = start({ keepsTranscript: true });
    await request({ subtype: "initialize", systemPrompt: systemPrompts("") });
    await ask("?");
    // It writes the end of its transcript when it leaves.
    await process.close();
    if (api.sawOtherLogin) throw new Error("the CLI used another login than it was given");
    return attachmentsIn(await readTranscript(folder));
  },
};

async function readTranscript(folder: string): Promise<string> {
  const projects = join(folder, "projects");
  const names = await readdir(projects, { recursive: true });
  const [name, ...others] = names.filter((entry) => entry.endsWith(".jsonl"));
  if (name === undefined || others.length > 0) throw new Error("the CLI wrote no transcript, or several");
  return readFile(join(projects, name), "utf8");
}

/** It repeats the system prompt, which a resumed process is told anyway. */
const PROMPT_SNAPSHOT = "prompt_snapshot";

/** The attachments between the first question and its answer, in order. */
export function attachmentsIn(transcript: string): Attachment[] {
  const lines = transcript.split("\n").flatMap((text): unknown[] => (text === "" ? [] : [JSON.parse(text)]));
  const isOf = (type: string) => (line: unknown) => isJsonObject(line) && line.type === type;
  const question = lines.findIndex(isOf("user"));
  const answer = lines.findIndex(isOf("assistant"));
  if (question === -1 || answer < question) throw new Error("the CLI's transcript holds no question and answer");
  return lines.slice(question, answer).flatMap((line) => {
    const attachment = isJsonObject(line) && line.type === "attachment" ? line.attachment : undefined;
    return isJsonObject(attachment) && attachment.type !== PROMPT_SNAPSHOT ? [attachment] : [];
  });
}
