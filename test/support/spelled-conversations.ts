import fc from "fast-check";
import { PDF, PNG } from "./media.ts";
import * as spelled from "./spellings.ts";

// Random conversations, each part of them in a random spelling. The textbook is a chat's.

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

export const conversation: fc.Arbitrary<Twice<Messages>> = fc
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
export const tools = fc
  .tuple(...definitions.map((each) => anyOf(spelled.toolSpellings(each))))
  .map((sent) => ({ textbook: definitions.map((each) => spelled.toolSpellings(each)[0]), sent }));
export const choice = fc.oneof(
  twice<unknown>("required", spelled.REQUIRED_SPELLINGS),
  twice<unknown>({ type: "function", function: { name: "g" } }, spelled.namedChoiceSpellings("g")),
  twice<unknown>(undefined, [undefined, null, "", {}, "auto", { type: "auto" }]),
);
