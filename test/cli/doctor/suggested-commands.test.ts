import { expect, test } from "bun:test";
import { unsetCommand } from "../../../src/cli/doctor/suggested-commands.ts";

test("a variable is taken away as each platform does it", () => {
  expect(unsetCommand("NAME", "darwin")).toBe("unset NAME");
  expect(unsetCommand("NAME", "win32")).toBe("Remove-Item Env:NAME");
});
