import { afterEach, expect, test } from "bun:test";
import { readError } from "../../support/wire.ts";
import { FINISH, HELLO, play, START } from "../playing.ts";
import { serve, stopServers } from "./responses-server.ts";

// Through the real CLI: test/e2e/responses-spellings.test.ts.

afterEach(stopServers);

const hello = play(START, ...HELLO, FINISH);
type Told = { id: string; output: { id: string }[] };
const read = async (response: Response | Promise<Response>) => (await (await response).json()) as Told;

const compact = (ask: ReturnType<typeof serve>["ask"], body: object) =>
  ask("/compact", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

test("what a stored response was asked and answered is compacted, too, by its own model", async () => {
  const { post, ask, asked } = serve(hello);
  const { id } = await read(post({ input: "One" }));
  const { output } = await read(compact(ask, { previous_response_id: id, input: "Two" }));
  expect(asked[1]?.request).toMatchObject({
    model: START.model,
    turns: [{ content: [{ text: "One" }] }, {}, { content: [{ text: "Two" }, {}] }],
  });
  expect(output).toMatchObject([
    { type: "message", role: "user", content: [{ text: "One" }] },
    { type: "message", role: "user", content: [{ text: "Two" }] },
    { type: "compaction", encrypted_content: expect.stringMatching(/^claude-max-api\.summary\.1\./) },
  ]);
  expect(new Set(output.map((item) => item.id)).size).toBe(3);
});

test.each([
  ["no model is named", { input: "a" }, "model"],
  ["there is nothing", { model: "opus" }, "input"],
  ["it is elsewhere", { model: "opus", conversation: "conv_1" }, "conversation"],
])("a conversation is not compacted where %s", async (_, body, param) => {
  const { ask, asked } = serve(hello, { defaultModel: "claude-sonnet-4" });
  expect(await readError(compact(ask, body))).toMatchObject({ param });
  expect(asked).toEqual([]);
});

test.each([
  ["says nothing", play(START, FINISH), 502],
  [
    "declines, which it would do again",
    play(START, { ...FINISH, reason: { unified: "content-filter", raw: "refusal" } }),
    400,
  ],
])("a conversation is not compacted where the model %s", async (_, run, status) => {
  const { ask } = serve(run);
  expect((await compact(ask, { model: "opus", input: "a" })).status).toBe(status);
});
