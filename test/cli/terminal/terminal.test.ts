import { expect, test } from "bun:test";
import { showProgress } from "../../../src/cli/terminal/terminal.ts";
import { createStyle } from "../../../src/cli/terminal/text.ts";

const errorStyle = createStyle(false);

test("what is waited for is said after a while, on a terminal alone, and taken back", async () => {
  const said: string[] = [];
  const writeError = (text: string) => void said.push(text);
  const shown = showProgress({ errorIsTerminal: true, writeError, errorStyle }, "Waiting", 1);
  const other = showProgress({ errorIsTerminal: false, writeError, errorStyle }, "Not seen", 1);
  const early = showProgress({ errorIsTerminal: true, writeError, errorStyle }, "Not seen", 60_000);
  while (said.length === 0) await Bun.sleep(1);
  for (const end of [shown, shown, other, early]) end();
  expect(said).toEqual(["Waiting …", "\r\u001b[K"]);
});
