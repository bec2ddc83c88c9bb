import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hangMidStream, text } from "../../src/simulator/reply.ts";
import { builtBinary } from "../support/built-binary.ts";
import type { Harness } from "../support/harness.ts";
import { loggedInClaude } from "../support/logged-in-claude.ts";
import { canSeeProcesses, claudeProcessesOf, processesOf } from "../support/processes.ts";
import { runProgram } from "../support/program.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { until } from "../support/wait.ts";
import { readHealth } from "../support/wire.ts";

// `ask` as a process of its own: signals, pipes, and what other users of the machine see of it.

let app: Harness;
let binary: string;
beforeAll(async () => {
  [app, binary] = await Promise.all([shareHarness(), builtBinary()]);
});
afterAll(() => app[Symbol.asyncDispose]());

const SECRET = "what nobody else should read";
const atServer = () => ["--port", new URL(app.url).port];
const alone = () => [
  ...["--port", "0", "--anthropic-base-url", app.simulator.url],
  ...["--claude-path", loggedInClaude(app.home)],
];

/** A shell's pipeline with the program in it. */
function shell(command: string) {
  return Bun.spawn(["/bin/sh", "-c", command], {
    env: { PATH: process.env.PATH, HOME: app.home, ASK: `"${binary}" ask` },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

describe("Ctrl-C", () => {
  test("ends the model's turn, and the program with 130", async () => {
    app.simulator.enqueue(hangMidStream("Once upon a time"));
    const before = app.simulator.requests.length;
    const program = runProgram(app.home, ["ask", ...atServer(), "A story"], {}, [binary]);
    await app.simulator.waitForRequests(before + 1);
    const busy = async () => (await readHealth(app.url)).workers.busy;
    await until(async () => (await busy()) === 1, "the model is asked");
    program.child.kill("SIGINT");
    expect(await program.child.exited).toBe(130);
    await until(async () => (await busy()) === 0, "the turn is ended");
  });

  test.skipIf(!canSeeProcesses)("leaves no process where no server runs, and nobody saw the question", async () => {
    app.simulator.enqueue(hangMidStream("Once upon a time"));
    const before = app.simulator.requests.length;
    const own = new Set(processesOf(app.home).map(({ pid }) => pid));
    const program = runProgram(app.home, ["ask", ...alone(), "-s", SECRET, "A story"], {}, [binary]);
    await app.simulator.waitForRequests(before + 1);
    const children = claudeProcessesOf(app.home).filter(({ pid }) => !own.has(pid));
    expect(children.length).toBeGreaterThan(0);
    for (const { argv, env } of children) expect([...argv, ...env].join(" ")).not.toMatch(/A story|nobody else/);
    program.child.kill("SIGINT");
    expect(await program.child.exited).toBe(130);
    expect(await program.stderr).toBe("");
    await until(() => processesOf(app.home).every(({ pid }) => own.has(pid)), "no process is left");
  });
});

describe("a pipe", () => {
  test("that is closed early ends the program quietly", async () => {
    app.simulator.enqueue(text("line\n".repeat(200), { delayMs: 20 }));
    const pipeline = shell(`(eval $ASK --port ${new URL(app.url).port} Count; echo "ended with $?" >&2) | head -n 1`);
    expect(await new Response(pipeline.stdout).text()).toBe("line\n");
    expect(await new Response(pipeline.stderr).text()).toBe("ended with 0\n");
  });

  test("that is read slowly gets the whole answer", async () => {
    const answer = `${"word ".repeat(60_000)}\n`;
    app.simulator.enqueue(text(answer, { chunks: [answer], verbatim: true }));
    const pipeline = shell(`eval $ASK --port ${new URL(app.url).port} Talk | (sleep 1; wc -c)`);
    expect(Number(await new Response(pipeline.stdout).text())).toBe(answer.length);
    expect(await new Response(pipeline.stderr).text()).toBe("");
  });
});
