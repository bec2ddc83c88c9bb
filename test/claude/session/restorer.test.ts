import { afterEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Attachment } from "../../../src/claude/session/encode-transcript.ts";
import { type Conversation, Restorer, UnplacedThinking } from "../../../src/claude/session/restorer.ts";
import { TranscriptFolder } from "../../../src/claude/session/transcript-folder.ts";
import { WaitingSpare } from "../../../src/claude/session/waiting-spare.ts";
import { ToolNames } from "../../../src/claude/tools/tool-names.ts";

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** `known` of what the CLI attaches; finding it out never comes to an end. */
async function restorerThatKnows(known: readonly Attachment[] | undefined): Promise<Restorer> {
  const root = await mkdtemp(join(tmpdir(), "claude-max-api-test-"));
  cleanups.push(() => rm(root, { recursive: true, force: true }));
  const folder = new TranscriptFolder(join(root, "sessions"));
  const start = () => expect.unreachable("no process is started");
  const restorer = new Restorer({
    folder,
    spare: new WaitingSpare({ folder, start, keepRoom: () => undefined, idleMs: 1_000 }),
    attachments: { known: async () => known, learn: () => new Promise(() => {}), close: async () => {} },
    cwd: root,
    learnPatienceMs: 1,
  });
  cleanups.push(() => restorer.close());
  return restorer;
}

const CONVERSATION: Conversation = {
  turns: [
    { role: "user", content: [{ type: "text", text: "One?" }] },
    {
      role: "assistant",
      content: [
        { type: "thinking", text: "Hm.", signature: "c2lnbmVk" },
        { type: "text", text: "One." },
      ],
    },
  ],
  names: new ToolNames([], []),
  model: "sonnet",
  modelId: "claude-sonnet-5-5",
  path: "/nowhere/claude",
  version: "2.1.332",
};

test("thinking that is bound to its place is not told where nobody knows what stands before it", async () => {
  const restorer = await restorerThatKnows(undefined);
  await expect(restorer.write({ ...CONVERSATION, isBound: true })).rejects.toBeInstanceOf(UnplacedThinking);
});

test.each<[string, readonly Attachment[] | undefined, boolean]>([
  ["is bound, where it is known that nothing does", [], true],
  ["holds anywhere", undefined, false],
])("thinking is told that %s", async (_, known, isBound) => {
  const restorer = await restorerThatKnows(known);
  const restored = await restorer.write({ ...CONVERSATION, isBound });
  expect(restored.turns).toEqual(CONVERSATION.turns);
  await restored.giveUp();
});
