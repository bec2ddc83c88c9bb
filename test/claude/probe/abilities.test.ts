import { expect, test } from "bun:test";
import { Ability } from "../../../src/claude/probe/abilities.ts";

test("what is not known is not relied on until it is concluded, and only then", () => {
  const ability = new Ability(undefined);
  expect([ability.works, ability.isUntried]).toEqual([false, true]);
  ability.conclude(true);
  expect([ability.works, ability.isUntried]).toEqual([true, false]);
  ability.conclude(false);
  expect(ability.works).toBe(true);
});

test("after three failures in a row nobody tries it again", () => {
  const ability = new Ability(true);
  ability.fail();
  ability.fail();
  ability.succeed();
  ability.fail();
  ability.fail();
  expect(ability.works).toBe(true);
  ability.fail();
  expect(ability.works).toBe(false);
});
