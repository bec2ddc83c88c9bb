import { expect, test } from "bun:test";
import { refuseBody } from "../../src/simulator/refusal.ts";
import { requestBody } from "./api-client.ts";

type Changes = { readonly [field: string]: unknown };

/** Why the API refuses the legal request with these changes; undefined when it takes it. */
export function verdict(changes: Changes): string | undefined {
  return refuseBody(requestBody(changes))?.message;
}

export function testAccepted(cases: readonly (readonly [rule: string, changes: Changes])[]): void {
  test.each([...cases])("%s is accepted", (_rule, changes) => expect(verdict(changes)).toBeUndefined());
}

export function testRefused(cases: readonly (readonly [rule: string, changes: Changes, message: string])[]): void {
  test.each([...cases])("%s is refused", (_rule, changes, message) => expect(verdict(changes)).toBe(message));
}

/** The changes that make these the blocks of the only message, or of the messages by turns from the user's on. */
export function turns(...contents: unknown[]): Changes {
  return { messages: contents.map((content, index) => ({ role: index % 2 === 0 ? "user" : "assistant", content })) };
}
