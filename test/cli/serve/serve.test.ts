import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "../../../src/cli/serve/serve.ts";
import { A_DAY_MS, BASE_CONFIG } from "../../support/harness.ts";
import { playClaude } from "../../support/played-claude.ts";
import { surroundingsOf } from "../../support/run-cli.ts";
import { until } from "../../support/wait.ts";

test("a second signal does not wait for what is running", async () => {
  const home = mkdtempSync(join(tmpdir(), "claude-max-api-serve-"));
  using claude = playClaude();
  claude.put();
  let written = "";
  const options = { env: { PATH: process.env.PATH, HOME: home }, home, platform: process.platform };
  const surroundings = surroundingsOf(options, (_, text) => {
    written += text;
  });
  const config = { ...BASE_CONFIG, claudePath: claude.path, usageLog: false };
  // Nobody waits so long: it ends by the second signal, or not at all.
  const ended = serve({ config, warnings: [], files: {}, surroundings, drainMs: A_DAY_MS });
  const urlIn = () => /listens on (http:\S+)/.exec(written)?.[1] ?? "";
  await until(() => urlIn() !== "", "it listens");
  const answer = await fetch(`${urlIn()}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "claude-sonnet-4",
      stream: true,
      messages: [{ role: "user", content: "Please only begin." }],
    }),
  });
  await until(() => claude.asked().length === 1, "the model is asked");
  // Its listeners alone: a signal that nobody listens to would end the tests.
  process.emit("SIGTERM", "SIGTERM");
  await until(() => written.includes("stopping: "), "the first signal was seen");
  // Of another kind: the same one at once would be taken for an echo of the first.
  process.emit("SIGINT", "SIGINT");
  await ended;
  expect(await answer.text()).toContain("shutting_down");
  rmSync(home, { recursive: true, force: true });
});
