import { describe, expect, test } from "bun:test";
import { Random } from "../../scripts/arena/random.ts";
import { growth } from "../../scripts/arena/vitals.ts";
import { readAnswer } from "../../scripts/soak/answer.ts";
import { Ledger } from "../../scripts/soak/ledger.ts";
import { order, orderOf, respond } from "../../scripts/soak/model.ts";
import { Tally } from "../../scripts/soak/tally.ts";
import { readMessagesBody } from "../../src/simulator/messages-body.ts";

describe("the ledger", () => {
  const ledgerOf = (allowed: "once" | "never" | "at most once") => {
    const ledger = new Ledger();
    ledger.sent(1, "A");
    ledger.expect(1, allowed);
    return ledger;
  };

  test("is satisfied by each request once, as it was sent", () => {
    expect(ledgerOf("once").faults([{ tag: 1, form: "A" }])).toEqual([]);
  });

  test.each([
    ["once", 0, 1],
    ["once", 2, 1],
    ["never", 0, 0],
    ["never", 1, 1],
    ["at most once", 0, 0],
    ["at most once", 1, 0],
    ["at most once", 2, 1],
  ] as const)("one that may arrive %s and arrives %i times has %i faults", (allowed, times, faults) => {
    const arrivals = Array.from({ length: times }, () => ({ tag: 1, form: "A" }));
    expect(ledgerOf(allowed).faults(arrivals)).toHaveLength(faults);
  });

  test("finds a request that arrives changed, and one that nobody sent", () => {
    expect(ledgerOf("once").faults([{ tag: 1, form: "B" }])).toHaveLength(1);
    expect(ledgerOf("at most once").faults([{ tag: 2, form: "A" }])).toHaveLength(1);
    expect(ledgerOf("at most once").faults([{ tag: undefined, form: "A" }])).toHaveLength(1);
  });
});

test("a seed gives the same numbers again, and another one others", () => {
  const numbers = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 20 }, () => random.between(0, 1000));
  };
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
  expect(new Set(numbers(7)).size).toBeGreaterThan(10);
});

test("choices follow their weights", () => {
  const random = new Random(1);
  const chosen = Array.from({ length: 1000 }, () =>
    random.weighted([
      ["often", 9],
      ["seldom", 1],
      ["never", 0],
    ]),
  );
  const count = (name: string) => chosen.filter((one) => one === name).length;
  expect(count("never")).toBe(0);
  expect(count("seldom")).toBeGreaterThan(50);
  expect(count("seldom")).toBeLessThan(200);
});

describe("the simulated model takes its order", () => {
  const asked = (content: unknown) => ({ body: readMessagesBody({ messages: [{ role: "user", content }] }) });

  test("from the text of the last message", () => {
    expect(orderOf(asked(order(7, "call", 2)))).toEqual({ tag: 7, what: "call", argument: 2 });
    expect(respond(asked(order(7, "call", 2)))).toMatchObject({ blocks: [{ type: "tool_use" }, { type: "tool_use" }] });
  });

  test("from the results of tools", () => {
    const result = { type: "tool_result", tool_use_id: "x", content: [{ type: "text", text: order(8, "say") }] };
    expect(orderOf(asked([result]))).toMatchObject({ tag: 8, what: "say" });
    expect(orderOf(asked([{ ...result, content: order(9, "say") }]))).toMatchObject({ tag: 9 });
  });
});

describe("an answer is read", () => {
  const chunk = (delta: object) => `data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`;

  test("from the pieces of a stream", () => {
    const call = (fields: object) => ({ tool_calls: [{ index: 0, ...fields }] });
    const body = [
      chunk({ role: "assistant", content: "" }),
      chunk({ content: "Hi" }),
      chunk(call({ id: "a", type: "function", function: { name: "look", arguments: "" } })),
      chunk(call({ function: { arguments: "{}" } })),
      "data: [DONE]\n\n",
    ].join("");
    const calls = [{ id: "a", type: "function", function: { name: "look", arguments: "{}" } }];
    const answer: unknown = readAnswer(200, body, true);
    expect(answer).toEqual({ type: "message", message: { role: "assistant", content: "Hi", tool_calls: calls } });
  });

  test("as incomplete when a stream just ends, and as an error when it says so", () => {
    expect(readAnswer(200, chunk({ content: "Hi" }), true).type).toBe("incomplete");
    expect(readAnswer(200, 'data: {"error":{"message":"x"}}\n\n', true).type).toBe("error");
    expect(readAnswer(429, "{}", false).type).toBe("error");
  });
});

describe("an exchange is judged", () => {
  const error = { begin: 0, end: 1, answer: { type: "error", status: 500, detail: "x" } } as const;

  test("an error is one only when nothing was killed meanwhile", () => {
    expect(new Tally().add("question", error, false).fault).toContain("500");
    expect(new Tally().add("question", error, true)).toEqual({ allowed: "at most once" });
  });

  test("a failure that was ordered must have been asked for, once", () => {
    expect(new Tally().add("failure", error, false)).toEqual({ allowed: "once" });
  });

  test("a request that is not understood never reaches the model", () => {
    const refused = { ...error, answer: { ...error.answer, status: 400 } };
    expect(new Tally().add("refused", refused, false)).toEqual({ allowed: "never" });
  });
});

test("growth is what is more than before by more than is tolerated", () => {
  const before = { processes: 3, files: 20, residentMb: 60 };
  expect(growth(before, { processes: 3, files: 32, residentMb: 90 })).toEqual([]);
  expect(growth(before, { processes: 4, files: 33, residentMb: 91 })).toHaveLength(3);
});
