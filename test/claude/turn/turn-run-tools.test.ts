import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { ApiError } from "../../../src/core/error.ts";
import { recordedLines } from "./replay.ts";
import { eventually, startTurn, type TurnFixture } from "./turn-fixture.ts";

// The graces of a turn only pass where a test lets them.
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const opens = (id: string) => (line: string) => line.includes(`"claudecode/toolUseId":"${id}"`);
const asksToGoOn = (line: string) => line.includes('"hook_callback"');
const GO_ON =
  '{"type":"control_request","request_id":"go-on","request":{"subtype":"hook_callback","callback_id":"tool-batch"}}';
const CALLS = recordedLines("calls");
const BARE = recordedLines("call-bare");

const PING =
  '{"type":"control_request","request_id":"ping","request":{"subtype":"mcp_message","message":{"id":1,"method":"ping"}}}';

/** Says these lines, and waits until all of them were understood. */
async function tell(turn: TurnFixture, lines: readonly string[]): Promise<void> {
  turn.say(...lines, PING);
  const before = turn.answersTo("ping").length;
  await eventually(() => turn.answersTo("ping").length > before);
}

/** Ends the turn's process in real time. */
async function run(turn: TurnFixture, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } finally {
    jest.useRealTimers();
    await turn[Symbol.asyncDispose]();
  }
}

describe("a turn that calls tools", () => {
  test("is parked once all calls are open, and its answer is what the process remembers", async () => {
    const turn = startTurn();
    await run(turn, async () => {
      turn.say(...CALLS);
      expect(await turn.run.outcome).toBe("parked");
      await eventually(() => turn.events.at(-1)?.type === "finish");
      expect([...turn.tools.openCalls]).toEqual(["toolu_1", "toolu_2"]);
      expect(turn.run.answer).toEqual({
        role: "assistant",
        content: [
          { type: "thinking", text: "Let me", signature: "c2ln" },
          { type: "text", text: "First f" },
          { type: "tool-call", id: "toolu_1", name: "f", args: '{"a": 1}' },
          { type: "text", text: "then g" },
          { type: "tool-call", id: "toolu_2", name: "g", args: '{"b":[]}' },
        ],
      });
      expect(turn.heard()).toEqual([]);
    });
  });

  test("is not parked as long as one of its calls is not open, although the client has its answer", async () => {
    const turn = startTurn();
    await run(turn, async () => {
      await tell(
        turn,
        CALLS.filter((line) => !opens("toolu_2")(line)),
      );
      jest.advanceTimersByTime(300);
      await eventually(() => turn.events.at(-1)?.type === "finish");
      expect([...turn.tools.openCalls]).toEqual(["toolu_1"]);
      expect(turn.outcomes).toEqual([]);
      turn.say(...CALLS.filter(opens("toolu_2")));
      expect(await turn.run.outcome).toBe("parked");
    });
  });

  test("that is parked takes no notice of the time, of its process, or of who gives up", async () => {
    const turn = startTurn({ silenceTimeoutMs: 1000 });
    await run(turn, async () => {
      turn.say(...BARE);
      expect(await turn.run.outcome).toBe("parked");
      turn.run.cancel(new ApiError("client_closed", "gone"));
      jest.advanceTimersByTime(600_000);
      await tell(turn, []);
      expect(turn.wasInterrupted()).toBeFalse();
      expect([...turn.tools.openCalls]).toEqual(["toolu_1"]);
    });
  });

  test("whose call never opens is interrupted after a while, and not parked", async () => {
    const turn = startTurn();
    await run(turn, async () => {
      await tell(
        turn,
        BARE.filter((line) => !opens("toolu_1")(line)),
      );
      jest.advanceTimersByTime(2999);
      await tell(turn, []);
      expect(turn.wasInterrupted()).toBeFalse();
      jest.advanceTimersByTime(1);
      expect(await turn.run.outcome).toBe("cut");
      expect(turn.wasInterrupted()).toBeTrue();
      expect(turn.tools.openCalls.size).toBe(0);
    });
  });

  test("that the client gives up before its calls are told is interrupted, and its open calls are forgotten", async () => {
    const turn = startTurn();
    await run(turn, async () => {
      const end = CALLS.findIndex((line) => line.includes('"message_delta"'));
      turn.say(...CALLS.slice(0, end));
      await eventually(() => turn.tools.openCalls.size === 2);
      turn.run.cancel(new ApiError("client_closed", "gone"));
      expect(await turn.run.outcome).toBe("cut");
      expect(turn.wasInterrupted()).toBeTrue();
      expect(turn.tools.openCalls.size).toBe(0);
      expect(turn.events.at(-1)).toMatchObject({ type: "error", error: { code: "client_closed" } });
    });
  });

  test("whose process dies before its calls are open is dead, and its answer whole", async () => {
    const turn = startTurn();
    await run(turn, async () => {
      await tell(
        turn,
        BARE.filter((line) => !opens("toolu_1")(line)),
      );
      jest.useRealTimers();
      process.kill(turn.process.pid, "SIGKILL");
      expect(await turn.run.outcome).toBe("dead");
      expect(turn.events.filter(({ type }) => type === "error")).toEqual([]);
    });
  });
});

describe("the CLI's question whether to go on after a batch of calls", () => {
  test("is answered with yes in a turn that goes on", async () => {
    const turn = startTurn({ isResumed: true });
    await run(turn, async () => {
      turn.say(...recordedLines("calls-resumed"));
      expect(await turn.run.outcome).toBe("clean");
      await tell(turn, []);
      expect(turn.answersTo("request_0001")).toEqual([{}]);
      expect(turn.wasInterrupted()).toBeFalse();
    });
  });

  test("is answered with yes after structured output, which the process remembers otherwise than the client", async () => {
    const turn = startTurn({ output: "whole" });
    await run(turn, async () => {
      turn.say(...recordedLines("output-violates"));
      expect(await turn.run.outcome).toBe("cut");
      await tell(turn, []);
      expect([turn.answersTo("request_0001"), turn.answersTo("request_0002")]).toEqual([[{}], [{}]]);
      expect(turn.wasInterrupted()).toBeFalse();
    });
  });

  test("stays open in a turn that is interrupted: the model is not asked again", async () => {
    const turn = startTurn({}, [GO_ON]);
    await run(turn, async () => {
      turn.say(...BARE.slice(0, 5));
      await eventually(() => turn.events.length > 0);
      turn.run.cancel(new ApiError("client_closed", "gone"));
      expect(await turn.run.outcome).toBe("cut");
      await tell(turn, []);
      expect(turn.answersTo("go-on")).toEqual([]);
    });
  });

  test.each(["call-unknown", "call-invalid-json", "call-max-tokens"])(
    "stays open when the CLI answered a call by itself: %s",
    async (fixture) => {
      const turn = startTurn();
      await run(turn, async () => {
        const lines = recordedLines(fixture);
        turn.say(...lines.slice(0, lines.findIndex(asksToGoOn) + 1));
        expect(await turn.run.outcome).toBe("cut");
        await tell(turn, []);
        expect(turn.wasInterrupted()).toBeTrue();
        expect(turn.answersTo("request_0001")).toEqual([]);
      });
    },
  );

  test("stays open when the CLI answered a call that it should have opened, and interrupts the turn at once", async () => {
    const turn = startTurn();
    await run(turn, async () => {
      turn.say(...BARE.filter((line) => !opens("toolu_1")(line)), GO_ON);
      expect(await turn.run.outcome).toBe("cut");
      await tell(turn, []);
      expect(turn.wasInterrupted()).toBeTrue();
      expect(turn.answersTo("go-on")).toEqual([]);
    });
  });
});
