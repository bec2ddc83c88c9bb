import { expect, test } from "bun:test";
import fc from "fast-check";
import { withModel } from "../../../../src/api/fields/shared-fields.ts";
import { accept } from "../../../../src/api/openai-chat/decode/accept-body.ts";
import { decodeRequest } from "../../../../src/api/openai-chat/decode/request.ts";
import { ApiError } from "../../../../src/core/error.ts";
import { atOnce } from "../../../../src/core/pace.ts";
import { choice, conversation, tools } from "../../../support/spelled-conversations.ts";
import { decode } from "../decode-body.ts";

test("a conversation in any mixture of spellings is the same request as a chat's in the textbook's, and nothing of it is left out", () => {
  fc.assert(
    fc.property(conversation, tools, choice, (said, offered, chosen) => {
      const { request, ignored } = decode({ input: said.sent, tools: offered.sent, tool_choice: chosen.sent });
      const steps = accept({
        model: "opus",
        messages: said.textbook,
        tools: offered.textbook,
        tool_choice: chosen.textbook,
      });
      const { chat } = atOnce(steps);
      expect(request).toEqual(atOnce(decodeRequest(withModel(chat, "opus"))).request);
      expect(ignored).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

/** Words that mean something somewhere in a body, and values of all kinds. */
const WORDS = [
  "message",
  "function_call",
  "function_call_output",
  "mcp_call",
  "x_call",
  "x_output",
  "input_text",
  "image",
  "reasoning",
];
const KEYS = [
  "type",
  "role",
  "content",
  "text",
  "call_id",
  "id",
  "name",
  "arguments",
  "output",
  "image_url",
  "tools",
  "tool_calls",
  "function",
];
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(
      ...WORDS,
      "user",
      "assistant",
      "tool",
      "",
      null,
      true,
      0,
      -1.5,
      "\ud800",
      "https://a.example/",
    ),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS, "toString", "__proto__", "constructor"), tie("any"), { maxKeys: 5 }),
  ),
})).any;
const FIELDS = [
  "input",
  "messages",
  "tools",
  "tool_choice",
  "text",
  "reasoning",
  "instructions",
  "metadata",
  "include",
  "max_output_tokens",
];

test("whatever is sent is taken, or refused with an error that says why", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...FIELDS), value), fc.boolean(), (fields, strict) => {
      try {
        decode(fields, { strict });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        expect(error.message).not.toBe("");
      }
    }),
    { numRuns: 100 },
  );
});
