import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { CliProcess, SpendingMeter, totalCostIn } from "../../../src/claude/process/cli-process.ts";
import type { CliMessage } from "../../../src/claude/protocol/parse-message.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { makeScripts, type Scripts } from "../../support/scripts.ts";
import { until } from "../../support/wait.ts";

let scripts: Scripts;
const running: CliProcess[] = [];
beforeEach(() => {
  scripts = makeScripts();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((cli) => cli.terminate()));
  scripts[Symbol.dispose]();
});

/** A script in place of the CLI, with what its listener heard: a message as itself, the death as its reason. */
function start(shell: string) {
  const heard: (CliMessage | Error)[] = [];
  const log: string[] = [];
  const cli = new CliProcess({
    path: scripts.write("claude", shell),
    args: [],
    env: { PATH: "/usr/bin:/bin" },
    cwd: scripts.directory,
    logger: new Logger("debug", (line) => void log.push(line)),
  });
  running.push(cli);
  const listener = {
    message: (message: CliMessage) => void heard.push(message),
    died: (reason: Error) => void heard.push(reason),
  };
  cli.listen(listener);
  return { cli, heard, log, listener };
}

const RESULT = '{"type":"result","subtype":"success","is_error":false,"num_turns":1,"result":"private words"}';
const result = (turns: number) => RESULT.replace('"num_turns":1', `"num_turns":${turns}`);

describe("what the CLI says", () => {
  test("reaches the listener as messages, in order; what is not known is skipped", async () => {
    const { cli, heard } = start(
      `echo '${result(0)}'; echo '{"type":"dream"}'; echo '${result(1)}'; exec cat > /dev/null`,
    );
    await until(() => heard.length === 2, "two messages");
    expect(heard).toMatchObject([{ num_turns: 0 }, { num_turns: 1 }]);
    expect(cli.death).toBeUndefined();
  });

  test("is told to the listener of that moment alone", async () => {
    const { cli, heard } = start(
      `read -r line; echo '${result(0)}'; read -r line; echo '${result(1)}'; exec cat > /dev/null`,
    );
    cli.send({});
    await until(() => heard.length === 1, "the first message");
    const second: CliMessage[] = [];
    cli.listen({ message: (message) => void second.push(message), died: () => {} });
    cli.send({});
    await until(() => second.length === 1, "the second message");
    expect(heard).toHaveLength(1);
    expect(second).toMatchObject([{ num_turns: 1 }]);
  });

  test("is lost without harm when nobody listens", async () => {
    const { cli } = start(
      `read -r line; echo '${RESULT}'; read -r line; echo '{"type":"control_response","response":{"subtype":"success","request_id":"ctl-1"}}'; exec cat > /dev/null`,
    );
    cli.listen(undefined);
    cli.send({});
    expect(await cli.request({ subtype: "list_models" }, 10_000)).toBeUndefined();
    expect(cli.death).toBeUndefined();
  });
});

describe("a control request", () => {
  test("is one line, and resolves with its answer", async () => {
    const { cli, heard } = start(
      `read -r line; printf '%s' "$line" > asked; echo '{"type":"control_response","response":{"subtype":"success","request_id":"ctl-1","response":{"models":[]}}}'; exec cat > /dev/null`,
    );
    expect(await cli.request({ subtype: "list_models", more: "Grüße\n" }, 10_000)).toEqual({ models: [] });
    expect(await Bun.file(join(scripts.directory, "asked")).json()).toEqual({
      type: "control_request",
      request_id: "ctl-1",
      request: { subtype: "list_models", more: "Grüße\n" },
    });
    expect(heard).toEqual([]);
  });

  test("fails when the process ends before the answer, with what it said last", async () => {
    const { cli } = start("read -r line; echo 'out of memory' >&2; exit 3");
    await expect(cli.request({ subtype: "initialize" }, 10_000)).rejects.toThrow(
      "initialize: The Claude CLI exited with code 3: out of memory",
    );
  });

  test("fails at once when the process is gone already", async () => {
    const { cli } = start("exit 0");
    await cli.exited;
    await expect(cli.request({ subtype: "initialize" }, 10_000)).rejects.toThrow("The Claude CLI exited with code 0");
  });

  test("from the CLI to us is refused, so that it does not wait forever", async () => {
    const { heard, log } = start(
      `echo '{"type":"control_request","request_id":"r9","request":{"subtype":"can_use_tool"}}'; read -r line; printf '%s' "$line" > answer; echo '${RESULT}'; exec cat > /dev/null`,
    );
    await until(() => heard.length === 1, "the message after the answer");
    expect(await Bun.file(join(scripts.directory, "answer")).json()).toEqual({
      type: "control_response",
      response: { subtype: "error", request_id: "r9", error: "can_use_tool is not supported here" },
    });
    expect(log.join("")).toContain("subtype=can_use_tool");
  });
});

describe("the death of the process", () => {
  test("is told to the listener once, after its last message", async () => {
    const { cli, heard } = start(`echo '${RESULT}'; exit 5`);
    await cli.exited;
    expect(heard).toEqual([
      expect.objectContaining({ type: "result" }),
      new Error("The Claude CLI exited with code 5"),
    ]);
    expect(cli.death?.message).toBe("The Claude CLI exited with code 5");
  });

  test("comes when it writes without a line break and without an end, and says so", async () => {
    const { cli } = start("exec head -c 300000000 /dev/zero 2>/dev/null");
    await cli.exited;
    expect(cli.death?.message).toBe("The Claude CLI was ended: it wrote 128 MiB without a line break");
  });

  test("names the signal that killed it", async () => {
    const { cli } = start("kill -KILL $$");
    await cli.exited;
    expect(cli.death?.message).toBe("The Claude CLI ended by SIGKILL");
  });

  test("is told at once to a listener that comes later", async () => {
    const { cli, listener, heard } = start("exit 0");
    cli.listen(undefined);
    await cli.exited;
    expect(heard).toEqual([]);
    cli.listen(listener);
    expect(heard).toEqual([new Error("The Claude CLI exited with code 0")]);
  });

  test("makes sending harmless", async () => {
    const { cli, heard } = start("exit 0");
    await cli.exited;
    cli.send({ type: "user" });
    expect(heard).toHaveLength(1);
  });
});

describe("a line that breaks the protocol", () => {
  const BROKEN = "oops, private words";

  test("ends the process: nothing more can be understood", async () => {
    const { cli, heard } = start(`echo '${BROKEN}'; exec sleep 600`);
    await cli.exited;
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ name: "ProtocolError" });
    expect(cli.death).toBe(heard[0] as Error);
  });

  test("fails what waits for an answer, for that reason", async () => {
    const { cli } = start(`read -r line; echo '${BROKEN}'; exec sleep 600`);
    await expect(cli.request({ subtype: "initialize" }, 10_000)).rejects.toThrow("a line that is not JSON");
  });

  test("leaves nothing of a conversation in the log", async () => {
    const { cli, log } = start(`echo '{"type":"result","result":"private words"}'; exec sleep 600`);
    await cli.exited;
    expect(log.join("")).toContain("claude broke its protocol");
    expect(log.join("")).not.toMatch(/private|words/);
  });

  test("is the last that the listener hears", async () => {
    const { cli, heard } = start(`echo '${BROKEN}'; echo '${RESULT}'; echo '${BROKEN}'; exec sleep 600`);
    await cli.exited;
    expect(heard).toEqual([expect.objectContaining({ name: "ProtocolError" })]);
  });
});

test("of the sums that the CLI tells, each turn has what has come to them; what is no sum changes nothing", () => {
  const meter = new SpendingMeter();
  expect(meter.take()).toBeUndefined();
  const taken = [0.0041, 0.0082, 0.0082, undefined, "much", Number.NaN, 0.012300000000000002].map((sum) => {
    meter.note(sum);
    return meter.take();
  });
  expect(taken).toEqual([0.0041, 0.0041, undefined, undefined, undefined, undefined, 0.0041]);
});

test("a sum that is less than before, as of a CLI that began anew, is no cost", () => {
  const meter = new SpendingMeter();
  meter.note(5);
  meter.take();
  meter.note(1);
  expect(meter.take()).toBeUndefined();
  meter.note(1.5);
  expect(meter.take()).toBe(0.5);
});

test("the answer to get_usage has the sum, or none", () => {
  expect(totalCostIn({ session: { total_cost_usd: 0.5 }, rate_limits: null })).toBe(0.5);
  expect([undefined, {}, { session: { total_cost_usd: "0.5" } }].map(totalCostIn)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
