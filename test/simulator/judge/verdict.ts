import { expect, test } from "bun:test";
import { judgeBody, type RefusalRules } from "../../../src/simulator/judge/judge.ts";
import { requestBody } from "../api-client.ts";

type Changes = { readonly [field: string]: unknown };

/** A request of an old account, without beta values, and of any model. */
const RULES: RefusalRules = {
  betas: new Set(),
  madeUpModels: "any",
  trusted: new Set(["x"]),
  isNewAccount: false,
  characters: 0,
};

/** Why the API refuses the legal request with these changes; undefined when it takes it. */
export function verdict(changes: Changes, rules: Partial<RefusalRules> = {}): string | undefined {
  return judgeBody(requestBody(changes), { ...RULES, ...rules }).refusal?.message;
}

/** The rules with these values of `anthropic-beta`. */
export function withBetas(...values: string[]): Partial<RefusalRules> {
  return { betas: new Set(values) };
}

type Accepted = readonly [rule: string, changes: Changes, rules?: Partial<RefusalRules>];
type Refused = readonly [rule: string, changes: Changes, message: string, rules?: Partial<RefusalRules>];

export function testAccepted(cases: readonly Accepted[]): void {
  for (const [rule, changes, rules] of cases) {
    test(`${rule} is accepted`, () => expect(verdict(changes, rules)).toBeUndefined());
  }
}

export function testRefused(cases: readonly Refused[]): void {
  for (const [rule, changes, message, rules] of cases) {
    test(`${rule} is refused`, () => expect(verdict(changes, rules)).toBe(message));
  }
}

/** The changes that make these the blocks of the only message, or of the messages by turns from the user's on. */
export function turns(...contents: unknown[]): Changes {
  return { messages: contents.map((content, index) => ({ role: index % 2 === 0 ? "user" : "assistant", content })) };
}
