import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { handlerOf } from "../../../src/cli/terminal/signals.ts";

const SOURCE = join(import.meta.dir, "../../../src/cli/terminal/signals.ts");

/** What a program tells that is run by these words of a shell. */
async function toldUnder(words: string): Promise<string> {
  const script = `const m = await import(${JSON.stringify(SOURCE)}); console.log(m.endingSignals().join(" "))`;
  const child = Bun.spawn(["/bin/sh", "-c", `${words}; exec "$0" -e "$1"`, process.execPath, script], {
    stdout: "pipe",
    stderr: "inherit",
  });
  return (await child.stdout.text()).trim();
}

test.skipIf(process.platform === "win32")("SIGHUP asks to end, unless whoever started us has it ignored", async () => {
  expect(await toldUnder("trap - HUP")).toBe("SIGINT SIGTERM SIGHUP");
  expect(await toldUnder("trap '' HUP")).toBe("SIGINT SIGTERM");
});

// As macOS is asked; the library of Linux's has the same function.
test.skipIf(!existsSync("/lib/x86_64-linux-gnu/libc.so.6"))("the C library tells what handles a signal", () => {
  const seen = handlerOf("SIGHUP", "libc.so.6");
  const ignore = () => {};
  process.on("SIGHUP", ignore);
  expect(handlerOf("SIGHUP", "libc.so.6")).not.toBe(seen);
  process.off("SIGHUP", ignore);
});
