import { expect, test } from "bun:test";
import { commandText, quoted } from "../../../src/claude/cli/shell-commands.ts";

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

test("a command is one line for the platform's shell, with the sign by which PowerShell runs what is quoted", () => {
  const argv = ["C:\\Program Files\\x.exe", "--host=::1", "it's"];
  expect(commandText(argv, "win32")).toBe("& 'C:\\Program Files\\x.exe' --host=::1 'it''s'");
  expect(commandText(["C:\\bin\\x.exe", "%A%"], "win32")).toBe("C:\\bin\\x.exe '%A%'");
  expect(commandText(["/opt/a b/x", "it's"], "linux")).toBe("'/opt/a b/x' 'it'\\''s'");
});
