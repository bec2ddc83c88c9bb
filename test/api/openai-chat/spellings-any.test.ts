import { expect, test } from "bun:test";
import fc from "fast-check";
import { withModel } from "../../../src/api/named-model.ts";
import { accept } from "../../../src/api/openai-chat/accept-body.ts";
import { decodeRequest } from "../../../src/api/openai-chat/decode-request.ts";
import { choice, conversation, tools } from "../../support/spelled-conversations.ts";

// Random conversations, each part of them in a random spelling.

function read(body: object) {
  const { chat, ignored } = accept({ model: "opus", ...body });
  const { bent, ...decoded } = decodeRequest(withModel(chat, "opus"));
  return { decoded, named: [...ignored, ...bent] };
}

test("a conversation in any mixture of spellings is the textbook's, and nothing of it is left out", () => {
  fc.assert(
    fc.property(conversation, tools, choice, (said, offered, chosen) => {
      const bodyOf = (form: "textbook" | "sent") => ({
        messages: said[form],
        tools: offered[form],
        tool_choice: chosen[form],
      });
      expect(read(bodyOf("sent"))).toEqual(read(bodyOf("textbook")));
    }),
    { numRuns: 150 },
  );
});
