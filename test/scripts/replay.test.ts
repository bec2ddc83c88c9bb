import { expect, test } from "bun:test";
import { fillBlanks, readShapes, signaturesIn } from "../../scripts/replay/shape.ts";

test("a blanked recording is filled with what is of its kind, and nothing else of it changes", () => {
  const [shape] = readShapes(
    `${JSON.stringify({
      id: "a",
      from: "b",
      request: {
        model: "m",
        messages: [
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "<0 characters>", signature: "<40 characters>" },
              { type: "text", text: "<12 characters>" },
              { type: "image", source: { type: "base64", media_type: "image/png", data: "<9 characters>" } },
            ],
          },
        ],
      },
    })}\n\n`,
  );
  if (shape === undefined) throw new Error("no line was read");
  const filled = fillBlanks(shape.request);
  expect(filled).toMatchObject({
    model: "m",
    messages: [{ role: "assistant", content: [{ thinking: "" }, { text: "word word wo" }, { type: "image" }] }],
  });
  expect(JSON.stringify(filled)).not.toContain("characters>");
  const [signature, ...others] = signaturesIn(filled);
  expect(others).toEqual([]);
  expect(Buffer.from(signature ?? "", "base64").toString("base64")).toBe(signature ?? "none");
});

test("a line that is no recording is named", () => {
  expect(() => readShapes('{"id":"a","request":{}}\n{"id":"b"}')).toThrow("line 2 is no {id, from, request}");
});
