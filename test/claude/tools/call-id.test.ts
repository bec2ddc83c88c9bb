import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { apiCallId } from "../../../src/claude/tools/call-id.ts";

const API_ID = /^[a-zA-Z0-9_-]{1,128}$/;

describe("the id of a call", () => {
  test.each(["toolu_01AbC", "call_abc-123", "1", "a".repeat(128)])("that the API takes stays as it is: %s", (id) => {
    expect(apiCallId(id)).toBe(id);
  });

  test.each([
    ["call:1", "call_1-0af6315558b41599"],
    ["", "-e3b0c44298fc1c14"],
    ["a".repeat(129), `${"a".repeat(60)}-c12cb024a2e5551c`],
  ])("that it does not take is changed, always in the same way: %j", (id, apiId) => {
    expect(apiCallId(id)).toBe(apiId);
    expect(apiId).toMatch(API_ID);
  });

  test("stays different from one that differs only in what the API does not take", () => {
    expect(apiCallId("a:b")).not.toBe(apiCallId("a.b"));
    expect(apiCallId(`${"a".repeat(200)}1`)).not.toBe(apiCallId(`${"a".repeat(200)}2`));
  });

  test("whatever it is, becomes one that the API takes; different ids stay different", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (one, other) => {
        expect(apiCallId(one)).toMatch(API_ID);
        expect(apiCallId(one) === apiCallId(other)).toBe(one === other);
      }),
    );
  });
});
