import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeLoop, followLog, loopOf } from "../../scripts/agents/served.ts";
import { callFor } from "../../scripts/agents/tools.ts";

const line = (how: string, keep: number, of: number, results: number, pid: number) =>
  `2030-01-01T00:00:00.000Z debug served how=${how} keep=${keep} of=${of} results=${results} pid=${pid}\n`;

test("a loop stayed in its process when each result was resumed and each later question kept all; the log tells, from where it is followed", () => {
  const folder = mkdtempSync(join(tmpdir(), "claude-max-api-agents-test-"));
  try {
    const path = join(folder, "server.log");
    writeFileSync(path, line("new", 0, 0, 0, 1));
    const follow = followLog(path);
    writeFileSync(path, line("resume", 2, 2, 1, 7) + line("reuse", 4, 4, 0, 7), { flag: "a" });
    const { served } = follow();
    expect(describeLoop(loopOf(served))).toBe(
      "2 turns of the model in 1 process; 1 of 1 with results went on in the process that waited; 1 of 1 later questions in the one that remembers",
    );
    writeFileSync(path, line("new", 0, 6, 2, 8) + line("reuse", 2, 8, 0, 8), { flag: "a" });
    expect(loopOf(follow().served).strays).toEqual(["new 0/6", "reuse 2/8"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const tool = (name: string, properties: object, required: readonly string[] = []) => ({
  name,
  input_schema: { type: "object", properties, required },
});
const text = { type: "string" };

test.each([
  [
    "Edit",
    { file_path: text, old_string: text, new_string: text },
    { file_path: "/a", old_string: "x", new_string: "y" },
  ],
  [
    "edit",
    { path: text, edits: { type: "array", items: { type: "object", properties: { oldText: text, newText: text } } } },
    { path: "/a", edits: [{ oldText: "x", newText: "y" }] },
  ],
  ["exec_command", { cmd: text }, { cmd: "sed -i 's/x/y/' /a" }],
  ["shell", { command: { type: "array", items: text } }, { command: ["sh", "-c", "sed -i 's/x/y/' /a"] }],
])("a change is made by what the agent has: %s", (name, properties, input) => {
  const step = { kind: "replace", path: "/a", old: "x", new: "y" } as const;
  expect(callFor(step, [tool("other", {}), tool(name, properties)])).toEqual({
    name,
    input: expect.objectContaining(input),
  });
});
