import { describe, expect, test } from "bun:test";
import type { ProcessView } from "../../../src/claude/pool/choice.ts";
import { chooseProcess } from "../../../src/claude/pool/policy.ts";
import { BLANK_PROFILE } from "../../../src/claude/pool/profile.ts";
import { choose, demand, rememberTexts, turnsOf, view } from "./policy-fixture.ts";
import { profileFor } from "./turns.ts";

const LONG = "x".repeat(4_001);
const spent = view({ transcript: rememberTexts("x", "<y>") });
const once = view({ transcript: rememberTexts(LONG, "<y>") });
const onceElsewhere = view({ transcript: rememberTexts(LONG, "<y>"), profile: profileFor("T") });
const light = view({ transcript: rememberTexts("x", "<y>", "z", "<z>") });
const heavy = view({ transcript: rememberTexts(LONG, "<y>", "z", "<z>") });
const unasked = view({ profile: BLANK_PROFILE });

const question = demand(turnsOf("a"));

/** What a request takes that leaves so many. */
const taken = (leaves: number, idle: readonly ProcessView[], warm: readonly ProcessView[] = []) => {
  const choice = chooseProcess({ parked: [], idle, warm }, question, { leaves });
  return choice.type === "reuse" ? choice.worker : choice.type;
};

describe("a request of a batch", () => {
  test("takes what nobody is likely to miss, as long as so many stay: a short one first, then one bound to the same", () => {
    expect(taken(1, [onceElsewhere, once, spent], [unasked])).toBe(spent);
    expect(taken(1, [onceElsewhere, once], [unasked])).toBe(once);
    expect(taken(1, [onceElsewhere, light, heavy], [unasked])).toBe(unasked);
    expect(taken(0, [onceElsewhere, light, heavy])).toBe(onceElsewhere);
  });

  test("takes neither the last of these, nor a conversation: one is started for it", () => {
    expect(taken(1, [spent])).toBe("start");
    expect(taken(1, [light, heavy], [unasked])).toBe("start");
    expect(taken(0, [light, heavy])).toBe("start");
  });

  test("goes on with its own conversation, whatever it leaves", () => {
    const goesOn = demand(turnsOf("x", "<y>", "z", "<z>", "?"));
    const choice = chooseProcess({ parked: [], idle: [light], warm: [] }, goesOn, { leaves: 1 });
    expect(choice).toMatchObject({ type: "reuse", worker: light, keep: 4 });
  });
});

test("a conversation that was gone on with is lost last, a long one after all others", () => {
  const all = [heavy, once, light, unasked, spent];
  const lost: ProcessView[] = [];
  while (lost.length < all.length) {
    const left = all.filter((worker) => !lost.includes(worker));
    const choice = choose(
      { idle: left.filter((one) => one !== unasked), warm: left.filter((one) => one === unasked) },
      question,
    );
    if (choice.type !== "reuse") throw new Error(choice.type);
    lost.push(choice.worker);
  }
  expect(lost).toEqual([spent, unasked, light, once, heavy]);
});
