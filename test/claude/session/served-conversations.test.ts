import { expect, test } from "bun:test";
import { ServedConversations, settingOf } from "../../../src/claude/session/served-conversations.ts";
import { assistant, call, profileFor, result, SETTINGS, text, user } from "../pool/turns.ts";

const TURNS = [
  user(text("a")),
  assistant(text("one"), call("c1", '{"x": 1, "y": 2}')),
  user(result("c1")),
  assistant(text("b")),
];

test("a conversation is known again, also where its answers are told in another way", async () => {
  const served = new ServedConversations();
  await served.add("S", TURNS);
  expect(served.has("S", TURNS)).toBe(true);
  const told = [
    user(text("a")),
    assistant(text("one \n"), call("c1", '{"y":2,"x":1}')),
    user(result("c1")),
    assistant(text("b")),
  ];
  expect(served.has("S", told)).toBe(true);
});

test.each([
  ["of another setting", "other", TURNS],
  ["that is shorter", "S", TURNS.slice(0, 2)],
  ["of which the user says something else", "S", [user(text("a ")), ...TURNS.slice(1)]],
  ["of which an answer is another", "S", [...TURNS.slice(0, 3), assistant(text("B"))]],
  ["with another result", "S", [...TURNS.slice(0, 2), user(result("c1", "other")), ...TURNS.slice(3)]],
  ["whose arguments are others", "S", [user(text("a")), assistant(text("one"), call("c1", "{}")), ...TURNS.slice(2)]],
])("one %s is not", async (_, setting, turns) => {
  const served = new ServedConversations();
  await served.add("S", TURNS);
  expect(served.has(setting, turns)).toBe(false);
});

test("after an hour it is forgotten, unless it was served again meanwhile", async () => {
  let now = 0;
  const served = new ServedConversations(() => now);
  await served.add("S", TURNS);
  now = 50 * 60_000;
  expect(served.has("S", TURNS)).toBe(true);
  await served.add("S", TURNS);
  now = 100 * 60_000;
  expect(served.has("S", TURNS)).toBe(true);
  now = 110 * 60_000;
  expect(served.has("S", TURNS)).toBe(false);
});

test("only so many are kept, those that were served last", async () => {
  const served = new ServedConversations();
  const one = (n: number) => [user(text(`${n}`)), assistant(text("x"))];
  for (let n = 0; n < 1_001; n++) await served.add("S", one(n));
  expect(served.has("S", one(0))).toBe(false);
  expect(served.has("S", one(1))).toBe(true);
  expect(served.has("S", one(1_000))).toBe(true);
});

test("Anthropic's cache holds a conversation with the schema that its answers are held to, and whatever other settings", () => {
  const profile = profileFor("S");
  const plain = settingOf(profile, "opus", SETTINGS);
  expect(settingOf(profile, "opus", { ...SETTINGS, stop: ["END"], maxOutputTokens: 5 })).toBe(plain);
  expect(settingOf(profile, "opus", { ...SETTINGS, outputSchema: { type: "object" } })).not.toBe(plain);
  expect(settingOf(profile, "sonnet", SETTINGS)).not.toBe(plain);
});
