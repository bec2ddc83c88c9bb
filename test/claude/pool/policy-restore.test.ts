import { describe, expect, test } from "bun:test";
import type { Demand, ProcessView } from "../../../src/claude/pool/choice.ts";
import { chooseProcess } from "../../../src/claude/pool/policy.ts";
import type { ContentBlock } from "../../../src/core/request.ts";
import { demand, raw, rememberTexts, turnsOf, view } from "./policy-fixture.ts";
import { remember } from "./turns.ts";

/** So many turns, the last of them a question. */
const long = (count: number) => Array.from({ length: count }, (_, index) => (index % 2 ? `<${index}>` : `${index}`));

const choose = (idle: ProcessView[], texts: string[], { isCached = false, canRestore = true } = {}) =>
  chooseProcess({ parked: [], idle, warm: [raw()] }, demand(turnsOf(...texts), { isCached: () => isCached }), {
    canRestore,
  });

describe("a process is started from a transcript", () => {
  test("when a hundred turns or more would have to be fed to one, and not for fewer", () => {
    expect(choose([], long(101)).type).toBe("restore");
    expect(choose([], long(99)).type).toBe("reuse");
  });

  test("from forty on, when a process waits for it", () => {
    const chosen = (count: number) => {
      const awaited = demand(turnsOf(...long(count)), { isAwaited: () => true });
      return chooseProcess({ parked: [], idle: [], warm: [raw()] }, awaited, { canRestore: true }).type;
    };
    expect(chosen(41)).toBe("restore");
    expect(chosen(39)).toBe("reuse");
  });

  test("also when a process remembers a beginning, but lacks as many", () => {
    const beginning = view({ transcript: rememberTexts(...long(102).slice(0, 2)) });
    expect(choose([beginning], long(103)).type).toBe("restore");
    expect(choose([beginning], long(101))).toMatchObject({ type: "reuse", keep: 2 });
  });

  test("when Anthropic's cache holds the conversation and no process does, however short it is", () => {
    expect(choose([], long(3), { isCached: true }).type).toBe("restore");
    expect(choose([view({ transcript: rememberTexts("x", "<y>") })], long(3), { isCached: true }).type).toBe("restore");
  });

  test("but not when a process remembers some of it, nor for a first question", () => {
    const remembering = view({ transcript: rememberTexts(...long(2)) });
    expect(choose([remembering], long(5), { isCached: true })).toMatchObject({ worker: remembering, keep: 2 });
    expect(choose([], long(1), { isCached: true }).type).toBe("reuse");
  });

  test("when thinking would have to be told to another that only holds behind what was told before it", () => {
    const thought: ContentBlock = { type: "thinking", text: "Hm.", signature: "s" };
    const plain = turnsOf(...long(5));
    const turns = plain.with(3, { role: "assistant", content: [thought, ...(plain[3]?.content ?? [])] });
    const chosen = (idle: ProcessView[], fields: Partial<Demand>) =>
      chooseProcess({ parked: [], idle, warm: [raw()] }, demand(turns, fields), { canRestore: true });
    const beginning = view({ transcript: rememberTexts(...long(2)) });
    const whole = view({ transcript: remember(...turns.slice(0, 4)) });
    expect(chosen([], { isBound: true }).type).toBe("restore");
    expect(chosen([beginning], { isBound: true }).type).toBe("restore");
    expect(chosen([whole], { isBound: true })).toMatchObject({ type: "reuse", keep: 4 });
    expect(chosen([beginning], { isBound: false })).toMatchObject({ type: "reuse", keep: 2 });
    expect(chosen([], { isBound: false }).type).toBe("reuse");
  });

  test("and never where it cannot be written", () => {
    expect(choose([], long(301), { canRestore: false }).type).toBe("reuse");
    expect(choose([], long(3), { isCached: true, canRestore: false }).type).toBe("reuse");
  });
});
