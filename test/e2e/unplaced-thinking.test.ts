import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { blocks, text, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import { startHarness } from "../support/harness.ts";
import { loggedInClaude } from "../support/logged-in-claude.ts";
import { canSeeProcesses, claudeProcessesOf, killSeen } from "../support/processes.ts";
import { until } from "../support/wait.ts";

const MODEL = "claude-sonnet-4";
const IGNORED = "x-claude-max-api-ignored";
const LOOK = { name: "look", description: "Looks.", input_schema: { type: "object" as const } };

test.skipIf(!canSeeProcesses)(
  "what was thought is left out, named, and never sent where nobody knows what stands before it",
  async () => {
    const bin = mkdtempSync(join(tmpdir(), "claude-max-api-test-"));
    try {
      // It cannot be found out: what is run in a sandbox ends at once.
      const claudePath = join(bin, "claude-outside");
      const real = JSON.stringify(loggedInClaude(bin));
      const script = `#!/bin/sh\ncase "$CLAUDE_CONFIG_DIR" in *sandbox*) exit 7;; esac\nexec ${real} "$@"\n`;
      writeFileSync(claudePath, script, { mode: 0o755 });
      await using own = await startHarness({ config: { warm: 0, claudePath } });
      const client = new Anthropic({ baseURL: own.url, apiKey: "any", maxRetries: 0 });
      own.simulator.enqueue(blocks([thinkingBlock("Hm."), toolUse("toolu_unplaced", "look", {})]), text("Done."));
      const messages: Anthropic.MessageParam[] = [{ role: "user", content: "Look." }];
      const ask = () =>
        client.messages
          .create({ model: MODEL, max_tokens: 4000, messages, tools: [LOOK], thinking: { type: "adaptive" } })
          .withResponse();
      const { data } = await ask();
      const result = { type: "tool_result" as const, tool_use_id: "toolu_unplaced", content: "seen" };
      messages.push({ role: "assistant", content: data.content }, { role: "user", content: [result] });
      for (const process of claudeProcessesOf(own.home)) killSeen(process);
      await until(() => claudeProcessesOf(own.home).length === 0, "the process is gone");
      const { data: answer, response } = await ask();
      const isBound = answer.model.endsWith("-5-5");
      expect(response.headers.get(IGNORED)).toBe(isBound ? "messages.content.thinking" : null);
      const sent = own.simulator.requests.slice(1);
      expect(sent.map(({ refusal }) => refusal?.message)).toEqual([undefined]);
      expect(JSON.stringify(sent[0]?.body.messages).includes("Hm.")).toBe(!isBound);
    } finally {
      rmSync(bin, { recursive: true, force: true });
    }
  },
);
