import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import Type from "typebox";
import { isJsonObject } from "../../core/json.ts";
import { lazyCheck } from "../protocol/lazy-check.ts";
import { systemPrompts } from "../turn/encode-input.ts";
import type { Attachment } from "./encode-transcript.ts";
import { onStage, type Rehearsal } from "./stage.ts";

/**
 * What the CLI attaches to the first question of a conversation: a process of its own is asked one, which a canned API on loopback
 * answers, and its transcript is read. It knows no credentials, keeps its files in a folder that is deleted, and ends with this.
 * Throws when it does not work in time.
 */
export async function rehearse(rehearsal: Rehearsal): Promise<Attachment[]> {
  return await onStage(rehearsal, async (stage) => {
    const process = stage.start({ keepsTranscript: true });
    await process.request({ subtype: "initialize", systemPrompt: systemPrompts("") }, stage.msLeft());
    await stage.ask("?");
    // It writes the end of its transcript when it leaves.
    await process.close();
    if (stage.api.sawOtherLogin) throw new Error("the CLI used another login than it was given");
    return attachmentsIn(await readTranscript(stage.folder));
  });
}

async function readTranscript(folder: string): Promise<string> {
  const projects = join(folder, "projects");
  const names = await readdir(projects, { recursive: true });
  const [name, ...others] = names.filter((entry) => entry.endsWith(".jsonl"));
  if (name === undefined || others.length > 0) throw new Error("the CLI wrote no transcript, or several");
  return readFile(join(projects, name), "utf8");
}

const Line = lazyCheck(Type.Object({ type: Type.String() }));
const AttachmentLine = lazyCheck(
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
