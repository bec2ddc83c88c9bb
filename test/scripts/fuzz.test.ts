import { expect, test } from "bun:test";
import { faultIn } from "../../scripts/fuzz/judge.ts";
import { fuzz } from "../../scripts/fuzz/run.ts";
import { SCRIPTED, scriptedTarget } from "../../scripts/fuzz/scripted.ts";
import { Random } from "../../scripts/soak/random.ts";

test("what nobody should send is answered in an envelope, asks no model where it is refused, and leaves nothing", async () => {
  const random = new Random(20_301);
  const target = scriptedTarget(random.fork());
  try {
    const cases = { requests: 350, messages: 30, bytes: 15, frames: 8 };
    const outcome = await fuzz({ target, random, cases, deadline: performance.now() + 30_000 });
    expect(outcome.faults).toEqual([]);
    // It is not all refused at the door.
    expect(target.asked()).toBeGreaterThan(40);
  } finally {
    await target.stop();
  }
});

test("what is wrong with an answer is seen", () => {
  const headers = new Headers({ "x-request-id": "req_1" });
  const stream = new Headers({ "content-type": "text/event-stream" });
  const error = JSON.stringify({ error: { message: "no", type: "invalid_request_error" } });
  const scripted = JSON.stringify({ error: { message: SCRIPTED, type: "invalid_request_error" } });
  const faults = [
    faultIn({ status: 200, headers, body: "" }, 1),
    faultIn({ status: 400, headers, body: error }, 0),
    faultIn({ status: 400, headers, body: scripted }, 1),
    faultIn({ status: 400, headers, body: error }, 1),
    faultIn({ status: 400, headers, body: "Bad Request" }, 0),
    faultIn({ status: 400, headers: new Headers(), body: error }, 0),
    faultIn({ status: 500, headers, body: error }, 0),
    faultIn({ status: 200, headers: stream, body: "data: {\n\n" }, 1),
    faultIn({ status: 200, headers: stream, body: 'data: {"a":1}\n\ndata: [DONE]\n\n' }, 1),
  ];
  expect(faults.map((fault) => fault !== undefined)).toEqual([...Array(3).fill(false), ...Array(5).fill(true), false]);
});
