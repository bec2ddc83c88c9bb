import { describe, expect, test } from "bun:test";
import { CliProcess } from "../../../src/claude/process/cli-process.ts";
import { appendUserTurn } from "../../../src/claude/turn/conversation.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { makeScripts } from "../../support/scripts.ts";

const result = (fields: object) =>
  `echo '${JSON.stringify({ type: "result", subtype: "success", is_error: false, num_turns: 0, ...fields })}'`;

/** Appends a turn in a program that does this once it has read it; then what it was sent, and whether it is still listened to. */
async function append(shell: string) {
  using scripts = makeScripts();
  const process = new CliProcess({
    path: scripts.write("claude", `read -r line; printf '%s' "$line" > heard; ${shell}\nexec cat > /dev/null`),
    args: [],
    env: { PATH: "/usr/bin:/bin" },
    cwd: scripts.directory,
    logger: new Logger("silent"),
  });
  try {
    await appendUserTurn(process, { type: "user", message: "a" });
    return await Bun.file(`${scripts.directory}/heard`).json();
  } finally {
    await process.terminate();
  }
}

describe("a turn of the history is appended", () => {
  test("once the CLI acknowledges it by a turn without any answer, whatever it says before", async () => {
    const said = `echo '{"type":"system"}'; echo '{"type":"user","message":{"content":[]}}'; ${result({})}`;
    expect(await append(said)).toEqual({ type: "user", message: "a" });
  });

  test.each([
    ["asks the model", { num_turns: 1 }],
    ["does not tell", { num_turns: undefined }],
    ["fails", { is_error: true }],
  ])("not when the CLI %s", async (_, fields) => {
    await expect(append(result(fields))).rejects.toThrow("the CLI did not just append a turn of the history");
  });

  test("not when the CLI dies", async () => {
    await expect(append("exit 3")).rejects.toThrow("The Claude CLI exited with code 3");
  });
});
