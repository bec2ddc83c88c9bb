import { expect, test } from "bun:test";
import { readPlan } from "../../../src/claude/pool/process-questions.ts";
import { PLAIN_SETTINGS } from "../../../src/claude/pool/turn-settings.ts";
import { CliProcess } from "../../../src/claude/process/cli-process.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { makeScripts } from "../../support/scripts.ts";

/** Answers each request with its own number, and notes what it was asked. */
const FAKE_CLI = `
while read -r line; do
  printf '%s\\n' "$line" >> heard
  id=\${line#*'"request_id":"'}; id=\${id%%'"'*}
  echo '{"type":"control_response","response":{"subtype":"success","request_id":"'"$id"'","response":{"told":true}}}'
done
`;

test("to read the plan, other traffic is let through for that moment alone, and the settings stay what they were", async () => {
  using scripts = makeScripts();
  const cli = new CliProcess({
    path: scripts.write("claude", FAKE_CLI),
    args: [],
    env: { PATH: "/usr/bin:/bin" },
    cwd: scripts.directory,
    logger: new Logger("silent"),
  });
  expect(await readPlan(cli, { ...PLAIN_SETTINGS, maxOutputTokens: 7 })).toEqual({ told: true });
  await cli.terminate();
  const lines = (await Bun.file(`${scripts.directory}/heard`).text()).trim().split("\n");
  const asked = lines.map((line) => JSON.parse(line).request);
  const env = expect.objectContaining({ CLAUDE_CODE_MAX_OUTPUT_TOKENS: "7", CLAUDE_CODE_EXTRA_BODY: "" });
  expect(asked).toEqual([
    { subtype: "apply_flag_settings", settings: { env } },
    { subtype: "get_usage", skip_behaviors: true, detached: true },
    { subtype: "apply_flag_settings", settings: { env } },
  ]);
  const traffic = asked.map(({ settings }) => settings?.env.CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC);
  expect(traffic).toEqual(["", undefined, undefined]);
});
