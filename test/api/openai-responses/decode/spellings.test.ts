import { describe, expect, test } from "bun:test";
import { normalizeBody } from "../../../../src/api/responses-shape/normalize.ts";
import { atOnce } from "../../../../src/core/pace.ts";
import { SPELLINGS } from "../../../support/responses-spellings/all.ts";
import { decode, fullBody, refusalOf } from "../decode-body.ts";

// Whatever programs send is the same request as the textbook's. Through the real CLI: test/e2e/responses-spellings.test.ts.

describe("is taken like the textbook's:", () => {
  test.each(SPELLINGS.map((spelling) => [spelling.name, spelling] as const))(
    "%s",
    (_, { spelled, textbook, named = [] }) => {
      const without = { input: undefined };
      const { request, ignored } = decode({ ...without, ...spelled });
      const expected = decode({ ...without, ...textbook });
      expect(request).toEqual(expected.request);
      expect(ignored.toSorted()).toEqual([...named, ...expected.ignored].toSorted());
    },
  );
});

describe("is refused, by its field:", () => {
  const strange = { type: { toString: 1 }, encrypted_content: "a" };
  test.each<[string, object, string]>([
    ["two conversations", { input: "a", messages: [{ role: "user", content: "b" }] }, "messages"],
    ["a type that is none", { input: [strange] }, "input[0].type"],
    ["a role that nobody has", { input: [{ role: "critic", content: "a" }] }, "input[0].role"],
    [
      "what is wrong behind an item that became two",
      {
        input: [
          { role: "assistant", content: "b", tool_calls: [{ id: "c", function: { name: "f", arguments: "{}" } }] },
          { role: "critic", content: "a" },
        ],
      },
      "input[1].role",
    ],
    [
      "an image that is none, behind an item that became two",
      {
        input: [
          { role: "assistant", content: "b", tool_calls: [{ id: "c", function: { name: "f", arguments: "{}" } }] },
          { role: "user", content: ["a", { type: "image_url", image_url: "ftp://a.example/" }] },
        ],
      },
      "input[1].content[1].image_url",
    ],
    ["a reference to words that are not kept", { input: [{ type: "item_reference", id: "msg_1" }] }, "input[0].id"],
    [
      "a file that is not fetched safely",
      { input: [{ role: "user", content: [{ type: "input_file", file_url: "http://a.example/" }] }] },
      "input[0].content[0].file_url",
    ],
    ["an effort that nobody has", { input: "a", reasoning: { effort: "extreme" } }, "reasoning.effort"],
  ])("%s", (_, fields, param) => {
    expect(refusalOf({ input: undefined, ...fields }).param).toBe(param);
  });
});

test("a result that has a role is a result", () => {
  const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
  const result = { type: "function_call_output", call_id: "c", output: "r" };
  const withRole = decode({ input: ["a", call, { ...result, role: "tool" }] });
  expect(withRole.request).toEqual(decode({ input: ["a", call, result] }).request);
});

test("a strict server takes the textbook's alone", () => {
  const textbookToo = new Set([
    "instructions alone",
    "a summary of ours",
    "the effort null",
    "reasoning that is empty",
  ]);
  const taken = SPELLINGS.filter(({ spelled }) => {
    try {
      const { ignored } = decode({ input: undefined, ...spelled }, { strict: true });
      return ignored.length === 0;
    } catch {
      return false;
    }
  });
  expect(new Set(taken.map(({ name }) => name))).toEqual(textbookToo);
});

test("a body in the textbook's spelling is not copied", () => {
  const body = fullBody({
    input: [
      { type: "message", role: "user", content: [{ type: "input_text", text: "a" }] },
      { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "c", output: "r" },
    ],
    tools: [{ type: "function", name: "f", parameters: { type: "object" }, strict: null }],
    tool_choice: "auto",
    reasoning: { effort: "low", summary: "auto" },
    text: { format: { type: "text" } },
    max_output_tokens: 5,
    metadata: { a: "b" },
  });
  expect(atOnce(normalizeBody(body)).body).toBe(body);
});
