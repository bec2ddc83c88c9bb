import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { chooseReuse, type Demand, type IdleView } from "../../../src/claude/pool/policy.ts";
import { commonPrefix, type TranscriptEntry } from "../../../src/claude/pool/transcript.ts";
import type { Turn } from "../../../src/core/request.ts";
import { profileFor, SETTINGS } from "./turns.ts";

/** A conversation, told by its texts in turn; those of the assistant are in angle brackets. */
const turnsOf = (...texts: string[]): Turn[] =>
  texts.map((text) => ({ role: text.startsWith("<") ? "assistant" : "user", content: [{ type: "text", text }] }));

/** What a process remembers; `<?>` is an answer that it remembers differently than the client was told. */
const remember = (...texts: string[]): TranscriptEntry[] =>
  turnsOf(...texts).map((turn, index) => {
    if (turn.role === "user") return { role: "user", turn, uuid: `uuid-${index}` };
    return { role: "assistant", turn: texts[index] === "<?>" ? undefined : turn };
  });

const idle = (texts: string[], { system = "S", model = "opus" as string | undefined } = {}): IdleView => ({
  profile: profileFor(system),
  model,
  transcript: remember(...texts),
});

const demand = (texts: string[], { system = "S", model = "opus" } = {}): Demand => ({
  profile: profileFor(system),
  model,
  turns: turnsOf(...texts),
  settings: SETTINGS,
});

/** How much of its memory a lone idle process keeps to serve the request; undefined when it cannot. */
const keptBy = (worker: IdleView, request: Demand) => chooseReuse([worker], request)?.keep;

describe("an idle process", () => {
  const cases: [string, string[], string[], number | undefined][] = [
    ["continues its conversation", ["a", "<b>"], ["a", "<b>", "c"], 2],
    ["continues a long conversation", ["a", "<b>", "c", "<d>"], ["a", "<b>", "c", "<d>", "e"], 4],
    ["is rewound to the middle, when a later question was edited", ["a", "<b>", "c", "<d>"], ["a", "<b>", "C"], 2],
    ["is rewound to the middle, when an answer is asked for again", ["a", "<b>", "c", "<d>"], ["a", "<b>", "c"], 2],
    [
      "is rewound to the middle, when the conversation branches off",
      ["a", "<b>", "c", "<d>"],
      ["a", "<b>", "x", "<y>", "z"],
      2,
    ],
    [
      "is rewound to before the question, when the answer was edited",
      ["a", "<b>", "c", "<d>"],
      ["a", "<b>", "c", "<D>", "e"],
      2,
    ],
    ["is rewound to empty, when the first answer is asked for again", ["a", "<b>"], ["a"], 0],
    ["is rewound to empty, when the first question was edited", ["a", "<b>"], ["A"], 0],
    ["is rewound to empty for another conversation", ["a", "<b>", "c", "<d>"], ["x", "<y>", "z"], 0],
    ["is rewound to empty, when the first answer was edited", ["a", "<b>"], ["a", "<B>", "c"], 0],
    [
      "is rewound to before an answer it remembers differently",
      ["a", "<b>", "c", "<?>"],
      ["a", "<b>", "c", "<d>", "e"],
      2,
    ],
    ["is rewound to empty, when it remembers its only answer differently", ["a", "<?>"], ["a", "<b>", "c"], 0],
    ["without any memory serves a new conversation", [], ["a"], 0],
    ["without any memory serves a long conversation", [], ["a", "<b>", "c"], 0],
    ["that remembers a leading answer continues it", ["<hi>", "a", "<b>"], ["<hi>", "a", "<b>", "c"], 3],
    ["that remembers a leading answer is rewound to after it", ["<hi>", "a", "<b>"], ["<hi>", "x"], 1],
    [
      "that remembers a leading answer cannot be rewound to before it",
      ["<hi>", "a", "<b>"],
      ["<hello>", "a"],
      undefined,
    ],
    ["that remembers a leading answer cannot serve another conversation", ["<hi>", "a", "<b>"], ["x"], undefined],
    ["never keeps the question itself: it must be asked", ["a", "<b>", "c", "<d>"], ["a", "<b>", "c"], 2],
  ];
  test.each(cases)("%s", (_, memory, request, keep) => {
    expect(keptBy(idle(memory), demand(request))).toBe(keep);
  });

  test("of another system prompt is never used, not even when it remembers all or nothing", () => {
    expect(keptBy(idle(["a", "<b>"], { system: "other" }), demand(["a", "<b>", "c"]))).toBeUndefined();
    expect(keptBy(idle([], { system: "" }), demand(["a"]))).toBeUndefined();
  });

  test.each([[[]], [["a", "<b>"]], [["a", "<b>", "c", "<d>"]]])(
    "of another model is not used, whatever it remembers: %j",
    (texts) => {
      expect(keptBy(idle(texts, { model: "sonnet" }), demand(["a", "<b>", "c"]))).toBeUndefined();
    },
  );
});

describe("among several idle processes", () => {
  test("of those that keep the same, the one that goes on is chosen before one that must be rewound", () => {
    const rewound = idle(["a", "<b>", "c", "<d>"]);
    const continued = idle(["a", "<b>"]);
    const request = demand(["a", "<b>", "x"]);
    for (const workers of [
      [rewound, continued],
      [continued, rewound],
    ]) {
      expect(chooseReuse(workers, request)?.worker).toBe(continued);
    }
  });

  test("the one that remembers most is chosen, wherever it stands", () => {
    const short = idle(["a", "<b>"]);
    const long = idle(["a", "<b>", "c", "<d>"]);
    const request = demand(["a", "<b>", "c", "<d>", "e"]);
    for (const workers of [
      [short, long],
      [long, short],
    ]) {
      expect(chooseReuse(workers, request)).toEqual({ worker: long, keep: 4 });
    }
  });

  test("a shared beginning is worth more than a longer memory of something else", () => {
    const other = idle(["x", "<y>", "z", "<z>"]);
    const same = idle(["a", "<b>"]);
    expect(chooseReuse([other, same], demand(["a", "<b>", "c"]))).toEqual({ worker: same, keep: 2 });
  });

  test("the oldest is chosen of those that remember equally much", () => {
    const [first, second] = [idle(["a", "<b>"]), idle(["a", "<b>"])];
    const reuse = chooseReuse([first, second], demand(["a", "<b>", "c"]));
    expect(reuse?.worker).toBe(first);
  });

  test("those that cannot serve it are passed over", () => {
    const usable = idle(["q", "<r>"]);
    const workers = [idle(["a", "<b>"], { system: "other" }), idle(["<hi>", "a", "<b>"]), usable];
    expect(chooseReuse(workers, demand(["a", "<b>", "c"]))).toEqual({ worker: usable, keep: 0 });
  });

  test("none is chosen when none can serve it", () => {
    expect(chooseReuse([idle([], { system: "x" }), idle(["<hi>", "a"])], demand(["a"]))).toBeUndefined();
  });

  test("none is chosen when there is none", () => {
    expect(chooseReuse([], demand(["a"]))).toBeUndefined();
  });
});

describe("for any idle processes and any request, what is kept", () => {
  const anyTexts = fc.array(fc.constantFrom("a", "b", "<c>", "<d>", "<?>"), { maxLength: 5 });
  const anyIdle = fc
    .tuple(anyTexts, fc.constantFrom("S", "T"), fc.constantFrom("opus", "sonnet", undefined))
    .map(([texts, system, model]) => idle(texts, { system, model }));
  const anyRequest = anyTexts.map((texts) => demand([...texts.filter((text) => text !== "<?>"), "a"]));

  test("is what the request says, in the request's system prompt and model, and leaves the question to be asked", () => {
    fc.assert(
      fc.property(fc.array(anyIdle, { maxLength: 4 }), anyRequest, (workers, request) => {
        const reuse = chooseReuse(workers, request);
        if (reuse === undefined) return;
        const { profile, model, transcript } = reuse.worker;
        expect(profile).toEqual(request.profile);
        expect(commonPrefix(transcript, request.turns)).toBeGreaterThanOrEqual(reuse.keep);
        expect(reuse.keep).toBeLessThan(request.turns.length);
        expect(model).toBe(request.model);
      }),
    );
  });

  test("ends where the CLI can be brought to: at the end of its memory, or before a user's turn", () => {
    fc.assert(
      fc.property(fc.array(anyIdle, { maxLength: 4 }), anyRequest, (workers, request) => {
        const reuse = chooseReuse(workers, request);
        if (reuse === undefined) return;
        const { transcript } = reuse.worker;
        if (reuse.keep < transcript.length) expect(transcript[reuse.keep]?.role).toBe("user");
        else expect(reuse.keep).toBe(transcript.length);
      }),
    );
  });
});
