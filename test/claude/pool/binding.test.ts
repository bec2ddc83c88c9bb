import { expect, test } from "bun:test";
import { Binding } from "../../../src/claude/pool/binding.ts";
import { Ability } from "../../../src/claude/probe/abilities.ts";
import { profileFor } from "./turns.ts";

/** Less than a good process may need on a busy machine. */
const TOO_HASTY_MS = 5_000;

test("a process that is bound anew is given up after seconds alone: it may be the machine that is slow", async () => {
  const patience = new Map<string, number>();
  const process = {
    death: undefined,
    request: async ({ subtype }: { readonly subtype: string }, timeoutMs: number) => {
      patience.set(subtype, timeoutMs);
      return {};
    },
    respond: () => {},
    answerWith: () => {},
  };
  const binding = new Binding(process, {
    model: "opus",
    selectsModelsSilently: true,
    callTimeoutMs: 1,
    rebinding: new Ability(true),
  });
  const [before, after] = [profileFor("One."), profileFor("Another.", { tools: [{ name: "look", parameters: {} }] })];
  await binding.bind(before, "opus", { isEmpty: true });
  patience.clear();
  await binding.bind(after, "opus", { isEmpty: true });
  expect([...patience.keys()].sort()).toEqual(["mcp_set_servers", "set_model"]);
  for (const timeoutMs of patience.values()) expect(timeoutMs).toBeGreaterThanOrEqual(TOO_HASTY_MS);
});
