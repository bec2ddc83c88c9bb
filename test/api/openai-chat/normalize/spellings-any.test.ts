import { expect, test } from "bun:test";
import fc from "fast-check";
import { withModel } from "../../../../src/api/fields/shared-fields.ts";
import { accept } from "../../../../src/api/openai-chat/decode/accept-body.ts";
import { decodeRequest } from "../../../../src/api/openai-chat/decode/request.ts";
import { ApiError } from "../../../../src/core/error.ts";
import { atOnce } from "../../../../src/core/pace.ts";
import { choice, conversation, tools } from "../../../support/spelled-conversations.ts";

// Random conversations, each part of them in a random spelling.

function read(body: object) {
  const { chat, ignored } = atOnce(accept({ model: "opus", ...body }));
  const { adjusted, ...decoded } = atOnce(decodeRequest(withModel(chat, "opus")));
  return { decoded, named: [...ignored, ...adjusted] };
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
    { numRuns: 60 },
  );
});

test("whatever JSON stands in any place: it is taken, or refused by name, and nothing breaks", () => {
  const names = fc.constantFrom("type", "text", "content", "role", "name", "id", "function", "tool_calls", "image_url");
  const more = fc.constantFrom("input", "arguments", "source", "data", "schema", "toString", "__proto__", "parameters");
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(
        "text",
        "user",
        "assistant",
        "tool",
        "function",
        "tool_use",
        "tool_result",
        "image",
        "",
        "x",
      ),
      fc.constantFrom<unknown>(null, true, 0, -1, 1.5),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(names, more), tie("value"), { maxKeys: 5 }),
    ),
  }));
  const fields = [
    "tools",
    "tool_choice",
    "functions",
    "function_call",
    "response_format",
    "reasoning",
    "thinking",
    "stop",
  ];
  const message = fc.tuple(fc.constantFrom("user", "assistant", "tool", "system", "ai"), fc.dictionary(names, value));
  const body = fc.record(
    {
      messages: fc.oneof(
        value,
        fc.array(
          message.map(([role, said]) => ({ ...said, role })),
          { maxLength: 4 },
        ),
      ),
      ...Object.fromEntries(fields.map((field) => [field, value])),
    },
    { requiredKeys: ["messages"] },
  );
  fc.assert(
    fc.property(body, (sent) => {
      try {
        read(sent);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        expect(error.code).toBe("invalid_request");
      }
    }),
    { numRuns: 120 },
  );
});
