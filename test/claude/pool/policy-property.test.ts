import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Demand, ProcessView } from "../../../src/claude/pool/choice.ts";
import { BLANK_PROFILE, canRebind, canRebindWithin } from "../../../src/claude/pool/profile.ts";
import { matchTranscript, type TranscriptEntry } from "../../../src/claude/pool/transcript.ts";
import type { ChatRequest, Turn } from "../../../src/core/request.ts";
import { toolCallsOf } from "../../../src/core/tool-calls.ts";
import { anyConversation, anyHabits, type Habits, meaning, otherTurns, retell } from "./conversations.ts";
import { choose, demand, view } from "./policy-fixture.ts";
import { profileFor, remember, SETTINGS, text, user } from "./turns.ts";

const F = { name: "f", parameters: { type: "object" } } as const;
const PARTS: readonly Partial<ChatRequest>[] = [
  {},
  {},
  {},
  { tools: [F] },
  { outputFormat: { schema: {}, delivery: "whole" } },
];
const anyProfile = fc
  .tuple(fc.constantFrom("S", "S", "S", "S", "T", ""), fc.constantFrom(...PARTS))
  .map(([system, parts]) => profileFor(system, parts));
const anyModel = fc.constantFrom("opus", "opus", "opus", "sonnet");
/** What becomes of a turn in a process's memory. */
const anyFate = fc.constantFrom("written", "written", "written", "written", "appended", "unknown", "by the CLI");

function entryOf(turn: Turn, fate: string, index: number): TranscriptEntry {
  if (turn.role === "user") {
    const isResult = turn.content.some(({ type }) => type === "tool-result");
    return { role: "user", turn, uuid: isResult && fate === "by the CLI" ? undefined : `uuid-${index}` };
  }
  return { role: "assistant", turn: fate === "unknown" ? undefined : turn, written: fate !== "appended" };
}

const anyProcess = (conversation: readonly Turn[], remembered?: number): fc.Arbitrary<ProcessView> =>
  fc
    .record({
      profile: anyProfile,
      model: anyModel,
      rebinds: fc.boolean(),
      fates: fc.array(anyFate, { minLength: 12, maxLength: 12 }),
      from: fc.constantFrom(0, 0, 0, 0, 1),
      length: fc.constantFrom(0, 2, 2, 3, 4, 4, 6, 12),
    })
    .map(({ fates, from, length, ...bound }) => {
      const transcript = conversation
        .slice(from, from + (remembered ?? length))
        .map((turn, index) => entryOf(turn, fates[index] ?? "", index));
      const last = transcript.at(-1)?.turn;
      const openCalls = new Set(last ? toolCallsOf(last).map(({ id }) => id) : []);
      return view({ ...bound, transcript, openCalls, settings: SETTINGS });
    });

type Case = { parked: ProcessView[]; idle: ProcessView[]; warm: ProcessView[]; request: Demand };

/** Some processes remember some of one conversation, others of another; the request tells one of them, perhaps edited. */
const anyCase: fc.Arbitrary<Case> = fc
  .tuple(
    anyConversation,
    anyConversation,
    anyHabits,
    anyProfile,
    anyModel,
    fc.nat(),
    fc.nat(),
    fc.constantFrom(1, 3, 3, 5, 5, 8, 12),
    fc.boolean(),
  )
  .chain(([one, other, habits, profile, model, editedTurn, edit, length, edits]) => {
    const calling = one.findIndex((turn) => toolCallsOf(turn).length > 0);
    // Rare otherwise: the request has the results of calls that a process waits with.
    const answers = calling !== -1 && editedTurn % 2 === 0;
    const told = tell(one, habits, { editedTurn, edit, edits }).slice(0, answers ? calling + 2 : length);
    const turns = told.at(-1)?.role === "user" ? told : [...told, user(text("next"))];
    const anyResting = fc.array(fc.oneof(anyProcess(one), anyProcess(other)), { maxLength: 3 });
    const anyParked = answers ? fc.array(anyProcess(one, calling + 1), { maxLength: 4 }) : anyResting;
    const isCalling = ({ openCalls, transcript }: ProcessView) =>
      openCalls.size > 0 && transcript.at(-1)?.turn !== undefined;
    const unasked = fc.boolean().map((isRaw) => view({ profile: isRaw ? undefined : BLANK_PROFILE }));
    return fc.record({
      parked: anyParked.map((workers) => workers.filter(isCalling)),
      idle: anyResting.map((workers) => workers.map((worker) => ({ ...worker, openCalls: new Set<string>() }))),
      warm: fc.array(unasked, { maxLength: 1 }),
      request: fc.constant(demand(turns, { profile, model })),
    });
  });

function tell(
  turns: readonly Turn[],
  habits: Habits,
  { editedTurn, edit, edits }: { editedTurn: number; edit: number; edits: boolean },
) {
  const told = retell(turns, habits);
  const at = editedTurn % told.length;
  const others = edits ? otherTurns(told[at] ?? user()) : [];
  const other = others[edit % others.length];
  return other ? told.with(at, other) : told;
}

const served = ({ parked, idle, warm, request }: Case) => {
  const choice = choose({ parked, idle, warm }, request);
  if (choice.type === "start") return undefined;
  const { transcript } = choice.worker;
  return { ...choice, transcript, keep: choice.type === "resume" ? transcript.length : choice.keep };
};
const isOf = ({ profile, model }: ProcessView, request: Demand) =>
  profile?.key === request.profile.key && model === request.model;

describe("for any processes and any request, what is chosen", () => {
  const holds = (rule: (choice: NonNullable<ReturnType<typeof served>>, request: Demand) => void) => {
    const seen = { resume: 0, keeping: 0, emptied: 0 };
    fc.assert(
      fc.property(anyCase, (situation) => {
        const choice = served(situation);
        if (choice === undefined) return;
        seen[choice.type === "resume" ? "resume" : choice.keep > 0 ? "keeping" : "emptied"]++;
        rule(choice, situation.request);
      }),
      { numRuns: 500, seed: 7 },
    );
    // Else the rule was tried on nothing.
    expect(Math.min(seen.resume, seen.keeping, seen.emptied)).toBeGreaterThan(20);
  };

  test("keeps turns that say what the request says, and leaves the question to be asked", () => {
    holds(({ transcript, keep }, request) => {
      const kept = transcript.slice(0, keep);
      const turns = kept.flatMap(({ turn }) => turn ?? []);
      expect(meaning(request.turns.slice(0, keep), kept)).toEqual(meaning(turns, kept));
      expect(keep).toBeLessThan(request.turns.length);
    });
  });

  test("is of the same profile and model, or can be given them, while it remembers something too", () => {
    holds(({ worker, keep }, request) => {
      const { profile, model } = worker;
      if (isOf(worker, request) || profile === undefined) return;
      expect([worker.rebinds, canRebind(profile, request.profile)]).toEqual([true, true]);
      if (keep > 0)
        expect([model, canRebindWithin(profile, request.profile, request.model)]).toEqual([request.model, true]);
    });
  });

  test("can be brought to what it keeps: the end of its memory, or before a turn that we sent", () => {
    holds(({ transcript, keep }) => {
      const next = transcript[keep];
      if (keep < transcript.length) expect(next?.role === "user" && next.uuid).toBeString();
    });
  });

  test("knows by other ids only calls that it keeps, each by one of its own", () => {
    holds(({ transcript, keep, ownIds }, request) => {
      const idsIn = (turns: readonly (Turn | undefined)[]) =>
        turns.slice(0, keep).flatMap((turn) => (turn ? toolCallsOf(turn).map(({ id }) => id) : []));
      expect(new Set(ownIds.values()).isSubsetOf(new Set(idsIn(transcript.map(({ turn }) => turn))))).toBeTrue();
      expect(new Set(ownIds.keys()).isSubsetOf(new Set(idsIn(request.turns)))).toBeTrue();
      expect(new Set(ownIds.values()).size).toBe(ownIds.size);
    });
  });
});

describe("for any conversation and any habits of a client's", () => {
  test("the process that wrote all of its answers recognises it", () => {
    fc.assert(
      fc.property(anyConversation, anyHabits, (turns, habits) => {
        expect(matchTranscript(remember(...turns), retell(turns, habits)).length).toBe(turns.length);
      }),
    );
  });

  test("any other word, name, argument, result, image or mark of failure makes it another conversation from there", () => {
    fc.assert(
      fc.property(anyConversation, anyHabits, (turns, habits) => {
        const told = retell(turns, habits);
        for (const [index, turn] of told.entries()) {
          for (const other of otherTurns(turn)) {
            expect(matchTranscript(remember(...turns), told.with(index, other)).length).toBe(index);
          }
        }
      }),
    );
  });
});
