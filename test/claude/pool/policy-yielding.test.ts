import { describe, expect, test } from "bun:test";
import { chooseProcess, type ProcessView } from "../../../src/claude/pool/policy.ts";
import { BLANK_PROFILE } from "../../../src/claude/pool/profile.ts";
import { choose, demand, rememberTexts, turnsOf, view } from "./policy-fixture.ts";

const spent = view({ transcript: rememberTexts("x", "<y>") });
const light = view({ transcript: rememberTexts("x", "<y>", "z", "<z>") });
const heavy = view({ transcript: rememberTexts("x".repeat(4_001), "<y>") });
const unasked = view({ profile: BLANK_PROFILE });

const question = demand(turnsOf("a"));

/** What a request takes that leaves so many. */
const taken = (leaves: number, idle: readonly ProcessView[], warm: readonly ProcessView[] = []) => {
  const choice = chooseProcess({ parked: [], idle, warm }, question, { leaves });
  return choice.type === "reuse" ? choice.worker : choice.type;
};

describe("a request that yields", () => {
  test("takes what nobody needs, as long as another such stays", () => {
    expect(taken(1, [spent], [unasked])).toBe(spent);
    expect(taken(1, [light, heavy], [unasked, unasked])).toBe(unasked);
    expect(taken(0, [light, heavy], [unasked])).toBe(unasked);
  });

  test("takes neither the last of that, nor a conversation: one is started for it", () => {
    expect(taken(1, [spent])).toBe("start");
    expect(taken(1, [light, heavy], [unasked])).toBe("start");
    expect(taken(0, [light, heavy])).toBe("start");
  });

  test("goes on with its own conversation, whatever it leaves", () => {
    const choice = chooseProcess(
      { parked: [], idle: [light], warm: [] },
      demand(turnsOf("x", "<y>", "z", "<z>", "?")),
      {
        leaves: 1,
      },
    );
    expect(choice).toMatchObject({ type: "reuse", worker: light, keep: 4 });
  });
});

test("a conversation that was gone on with is lost last, the shorter one first", () => {
  const after = (idle: readonly ProcessView[], warm: readonly ProcessView[]) => choose({ idle, warm }, question);
  expect(after([heavy, light, spent], [unasked])).toMatchObject({ worker: spent });
  expect(after([heavy, light], [unasked])).toMatchObject({ worker: unasked });
  expect(after([heavy, light], [])).toMatchObject({ worker: light });
  expect(after([heavy], [])).toMatchObject({ worker: heavy });
});
