import { describe, expect, test } from "bun:test";
import {
  goesOnWith,
  PLAIN_SETTINGS,
  type TurnSettings,
  thinkingOffOf,
} from "../../../src/claude/pool/turn-settings.ts";
import type { ContentBlock, Turn } from "../../../src/core/request.ts";
import { image, result, text, user } from "./turns.ts";

describe("a turn that waits for the results of calls", () => {
  const RESULTS = user(result("1"), result("2"));
  const goesOn = (fields: Partial<TurnSettings>, turn = RESULTS) =>
    goesOnWith(turn, PLAIN_SETTINGS, { ...PLAIN_SETTINGS, ...fields });

  test.each<[Partial<TurnSettings>, ReturnType<typeof goesOn>]>([
    [{}, "within"],
    [{ stop: ["END"] }, "within"],
    [{ toolChoice: { type: "none" } }, "within"],
    [{ parallelToolCalls: false }, "within"],
    [{ tools: [{ name: "f" }] }, "within"],
    [{ native: { container: "c" } }, "within"],
    [{ outputSchema: { type: "object" } }, "within"],
    [{ maxOutputTokens: 5 }, "settled"],
    [{ wantedCall: { type: "required" } }, "within"],
    [{ toolChoice: { type: "required" }, thinkingOff: "omitted" }, "settled"],
    [{ thinkingOff: "disabled" }, "settled"],
    [{ effort: "high" }, undefined],
    [{ effort: "none" }, undefined],
    [{ effort: "unset" }, undefined],
  ])("under %j goes on %s", (fields, way) => {
    expect(goesOn(fields)).toBe(way);
  });

  test("is over with them where the user says something else", () => {
    for (const said of [text("and"), image("iVBO")]) {
      expect(goesOn({}, user(result("1"), said))).toBe("settled");
      expect(goesOn({ effort: "high" }, user(result("1"), said))).toBe("settled");
    }
  });
});

describe("a model that thinks within a budget", () => {
  const thought: ContentBlock = { type: "thinking", text: "Hm.", signature: "s" };
  const call = (id: string): ContentBlock => ({ type: "tool-call", id, name: "f", args: "{}" });
  const result = (id: string): ContentBlock => ({ type: "tool-result", callId: id, content: [] });
  const asked: Turn = { role: "user", content: [{ type: "text", text: "a" }] };
  const [calls, signedCalls] = [
    { role: "assistant", content: [call("1")] },
    { role: "assistant", content: [thought, call("1")] },
  ] as [Turn, Turn];
  const more: Turn[] = [
    { role: "user", content: [result("1")] },
    { role: "assistant", content: [call("2")] },
    { role: "user", content: [result("2")] },
  ];
  const off = (turns: readonly Turn[], remembered: readonly { readonly turn: Turn | undefined }[] = []) =>
    thinkingOffOf({ turns, thinking: "budgeted" }, remembered);

  test("goes on thinking after results where the first answer since the question began with thinking", () => {
    expect(off([asked, signedCalls, ...more])).toBeUndefined();
    expect(off([asked, calls, ...more])).toBe("omitted");
    expect(off([asked, signedCalls, ...more, { role: "assistant", content: [call("3")] }, asked, calls, ...more])).toBe(
      "omitted",
    );
  });

  test("goes on thinking where the process remembers what the client has left out", () => {
    expect(off([asked, calls, ...more], [{ turn: asked }, { turn: signedCalls }])).toBeUndefined();
  });

  test("thinks about a question, as does another kind of model in any case", () => {
    expect(off([asked, calls, ...more, { role: "assistant", content: [call("3")] }, asked])).toBeUndefined();
    expect(thinkingOffOf({ turns: [asked, calls, ...more], thinking: "adaptive" }, [])).toBeUndefined();
  });
});
