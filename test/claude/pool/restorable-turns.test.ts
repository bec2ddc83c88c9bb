import { expect, test } from "bun:test";
import { settingOf } from "../../../src/claude/pool/restorable-turns.ts";
import { profileFor, SETTINGS } from "./turns.ts";

test("Anthropic's cache holds a conversation with the schema that its answers are held to, and whatever other settings", () => {
  const profile = profileFor("S");
  const plain = settingOf(profile, "opus", SETTINGS);
  expect(settingOf(profile, "opus", { ...SETTINGS, stop: ["END"], maxOutputTokens: 5 })).toBe(plain);
  expect(settingOf(profile, "opus", { ...SETTINGS, outputSchema: { type: "object" } })).not.toBe(plain);
  expect(settingOf(profile, "sonnet", SETTINGS)).not.toBe(plain);
});
