import { expect, test } from "bun:test";
import { Rebinding } from "../../../src/claude/pool/rebinding.ts";

test("what is not known is not relied on until it is concluded, and only then", () => {
  const rebinding = new Rebinding(undefined);
  expect([rebinding.works, rebinding.isUntried]).toEqual([false, true]);
  rebinding.conclude(true);
  expect([rebinding.works, rebinding.isUntried]).toEqual([true, false]);
  rebinding.conclude(false);
  expect(rebinding.works).toBe(true);
});

test("after three failures in a row nobody tries it again", () => {
  const rebinding = new Rebinding(true);
  rebinding.fail();
  rebinding.fail();
  rebinding.succeed();
  rebinding.fail();
  rebinding.fail();
  expect(rebinding.works).toBe(true);
  rebinding.fail();
  expect(rebinding.works).toBe(false);
});
