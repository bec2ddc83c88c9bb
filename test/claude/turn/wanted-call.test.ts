import { expect, test } from "bun:test";
import { withWantedCall } from "../../../src/claude/turn/encode-input.ts";
import type { Turn } from "../../../src/core/request.ts";

const asked: Turn = { role: "user", content: [{ type: "text", text: "Look." }] };
const answered: Turn = {
  role: "user",
  content: [
    { type: "tool-result", callId: "1", content: [{ type: "text", text: "a" }] },
    { type: "tool-result", callId: "2", content: [] },
  ],
};
const words = { type: "text", text: expect.stringContaining("must call the tool `look`") };

test("the words stand behind what the client says", () => {
  const wanted = { type: "tool", name: "look" } as const;
  expect(withWantedCall(asked, wanted).content as unknown[]).toEqual([...asked.content, words]);
  expect(
    withWantedCall({ role: "user", content: [...answered.content, ...asked.content] }, wanted).content,
  ).toHaveLength(4);
});

test("they stand within the last result, where results are all that the client says: open calls are answered by nothing else", () => {
  const { content } = withWantedCall(answered, { type: "tool", name: "look" });
  expect(content as unknown[]).toEqual([answered.content[0], { ...answered.content[1], content: [words] }]);
});

test("nothing is added where no call is wanted", () => {
  expect(withWantedCall(asked, undefined)).toBe(asked);
});
