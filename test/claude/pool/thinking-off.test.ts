import { describe, expect, test } from "bun:test";
import { thinkingOffOf } from "../../../src/claude/pool/turn-settings.ts";
import type { ContentBlock, Turn } from "../../../src/core/request.ts";

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
