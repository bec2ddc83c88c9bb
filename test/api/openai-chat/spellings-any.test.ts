import { expect, test } from "bun:test";
import fc from "fast-check";
import { accept } from "../../../src/api/openai-chat/accept-body.ts";
import { decodeRequest } from "../../../src/api/openai-chat/decode-request.ts";
import { ApiError } from "../../../src/core/error.ts";
import { PDF, PNG } from "../../support/media.ts";
import * as spelled from "../../support/spellings.ts";

// Random conversations, each part of them in a random spelling.

/** A message, or a field, in the textbook's form and in another. */
type Twice<T> = { readonly textbook: T; readonly sent: T };
type Messages = readonly object[];

const { anyOf } = spelled;
const words = fc.constantFrom("hi", "one two", " x\n", "größe 😀");
const textPart = (text: string) => ({ type: "text", text });

const part: fc.Arbitrary<Twice<unknown>> = fc.oneof(
  words.chain((text) => twice(textPart(text), spelled.textSpellings(text))),
  twice(spelled.imageSpellings(PNG)[0], spelled.imageSpellings(PNG)),
  twice(spelled.pdfSpellings(PDF, "a.pdf")[0], spelled.pdfSpellings(PDF, "a.pdf")),
);

function twice<T>(textbook: T, spellings: readonly T[]): fc.Arbitrary<Twice<T>> {
  return anyOf(spellings).map((sent) => ({ textbook, sent }));
}

const userSays: fc.Arbitrary<Twice<Messages>> = fc
  .tuple(fc.array(part, { minLength: 1, maxLength: 3 }), anyOf(spelled.ROLE_SPELLINGS.user))
  .map(([parts, role]) => ({
    textbook: [{ role: "user", content: parts.map(({ textbook }) => textbook) }],
    sent: [{ role, content: parts.map(({ sent }) => sent) }],
  }));

const assistantSays: fc.Arbitrary<Twice<Messages>> = fc
  .tuple(words, anyOf(spelled.ROLE_SPELLINGS.assistant))
  .chain(([text, role]) =>
    anyOf([text, ...spelled.textSpellings(text).map((each) => [each])]).map((content) => ({
      textbook: [{ role: "assistant", content: text }],
      sent: [{ role, content }],
    })),
  );

const call = fc.record({ name: fc.constantFrom("f", "g"), n: fc.nat(9) }).map(({ name, n }) => ({ name, args: { n } }));
/** Calls, and their results, each told in a way of its own. */
const calls: fc.Arbitrary<Twice<Messages>> = fc
  .tuple(fc.array(call, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1 }), fc.boolean(), fc.boolean(), words)
  .chain(([made, number, inContent, inUser, text]) => {
    const all = made.map((each, index) => ({ ...each, id: `call_${number}_${index}` }));
    const asked = fc.tuple(
      ...all.map((each) => anyOf(inContent ? spelled.callPartSpellings(each) : spelled.callSpellings(each))),
    );
    const answered = fc.tuple(
      ...all.map(({ id, name }) =>
        inUser
          ? anyOf(spelled.resultPartSpellings(id, name, text))
          : fc
              .tuple(anyOf(spelled.ROLE_SPELLINGS.tool), anyOf(spelled.outputSpellings(text)))
              .map(([role, content]) => ({ role, tool_call_id: id, content })),
      ),
    );
    return fc.tuple(asked, answered).map(([sentCalls, results]) => {
      const tool_calls = all.map(({ id, name, args }) => ({
        id,
        type: "function",
        function: { name, arguments: JSON.stringify(args) },
      }));
      return {
        textbook: [
          { role: "assistant", content: null, tool_calls },
          ...all.map(({ id }) => ({ role: "tool", tool_call_id: id, content: text })),
        ],
        sent: [
          inContent ? { role: "assistant", content: sentCalls } : { role: "assistant", tool_calls: sentCalls },
          ...(inUser ? [{ role: "user", content: results }] : (results as object[])),
        ],
      };
    });
  });

const conversation: fc.Arbitrary<Twice<Messages>> = fc
  .tuple(fc.array(fc.oneof(userSays, assistantSays, calls), { maxLength: 5 }), userSays)
  .map(([before, last]) => ({
    textbook: [...before, last].flatMap(({ textbook }) => textbook),
    sent: [...before, last].flatMap(({ sent }) => sent),
  }));

const definitions = ["f", "g"].map((name) => ({
  name,
  description: `Does ${name}.`,
  schema: { type: "object", properties: {} },
}));
const tools = fc
  .tuple(...definitions.map((each) => anyOf(spelled.toolSpellings(each))))
  .map((sent) => ({ textbook: definitions.map((each) => spelled.toolSpellings(each)[0]), sent }));
const choice = fc.oneof(
  twice<unknown>("required", spelled.REQUIRED_SPELLINGS),
  twice<unknown>({ type: "function", function: { name: "g" } }, spelled.namedChoiceSpellings("g")),
  twice<unknown>(undefined, [undefined, null, "", {}, "auto", { type: "auto" }]),
);

function read(body: object) {
  const { chat, ignored } = accept({ model: "opus", ...body });
  const { bent, ...decoded } = decodeRequest(chat);
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
    { numRuns: 1000 },
  );
});
