import { describe, expect, test } from "bun:test";
import { accept } from "../../../src/api/openai-chat/accept-body.ts";
import { decodeRequest } from "../../../src/api/openai-chat/decode-request.ts";
import { CHAT_SPELLINGS } from "../../support/chat-spellings/all.ts";

const bodyOf = (fields: object) => ({ model: "opus", messages: [{ role: "user", content: "q" }], ...fields });

function read(fields: object) {
  const { chat, ignored } = accept(bodyOf(fields));
  const { bent, ...decoded } = decodeRequest(chat);
  return { decoded, ignored: [...ignored, ...bent] };
}

describe.each(Object.entries(CHAT_SPELLINGS))("the same as the textbook's is, of %s,", (_, spellings) => {
  test.each(spellings.map((each) => [each.title, each] as const))("%s", (_title, { sent, textbook, ignored = [] }) => {
    const before = JSON.stringify(sent);
    const { decoded, ignored: named } = read(sent);
    expect(decoded).toEqual(read(textbook).decoded);
    expect([...named].sort()).toEqual([...ignored].sort());
    expect(JSON.stringify(sent)).toBe(before);
  });
});
