import { expect, test } from "bun:test";
import { quoted, unsetCommand } from "../../../src/cli/doctor/shell.ts";

test("a word that means nothing to a shell stands as it is", () => {
  for (const platform of ["linux", "darwin", "win32"] as const) {
    expect(quoted("/usr/local/bin/claude-2.1", platform)).toBe("/usr/local/bin/claude-2.1");
  }
});

test("any other is one word to the platform's shell", async () => {
  const odd = 'it\'s $HOME; `ls` "x" \\ 漢';
  expect(await Bun.$`sh -c ${`printf %s ${quoted(odd, "linux")}`}`.text()).toBe(odd);
  expect(quoted("C:\\Program Files\\it's", "win32")).toBe("'C:\\Program Files\\it''s'");
});

test("a variable is taken away as each platform does it", () => {
  expect(unsetCommand("NAME", "darwin")).toBe("unset NAME");
  expect(unsetCommand("NAME", "win32")).toBe("Remove-Item Env:NAME");
});
