import { describe, expect, test } from "bun:test";
import { NEWEST_TESTED_VERSION, OLDEST_SUPPORTED_VERSION } from "../../../src/claude/cli/version.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { toolNames } from "../../support/tool-names.ts";
import { RECORDED_VERSIONS, recorded, recordingsOf, replay } from "./replay.ts";

// What other versions of the CLI print in the same turns means the same. What that is, the tests of the decoder say, by the recordings of
// the version that all tests run with.

const NAMES = toolNames(["f", "g"]);

/** What becomes of a recorded turn; in which order the CLI says what it does at once, is another each time. */
function outcome(name: string, version: string) {
  const isResumed = name.endsWith("-resumed");
  return (["whole", "as-written"] as const).map((delivery) => {
    const output = name.startsWith("output-") ? delivery : undefined;
    const { events, decoder, ...at } = replay(recorded(name, version), { names: NAMES, isResumed, output });
    const { clean, ended, awaitedCalls } = decoder;
    const isFinished = at.finishedAt !== undefined;
    return {
      events: meaning(events),
      clean,
      ended,
      awaitedCalls,
      isFinished,
      interrupts: at.interruptAt !== undefined,
    };
  });
}

/**
 * The events without what the simulated API of that day counted beside the tokens; and an error without the CLI's own words, and without
 * the end of the block that it came in, which one version tells and another does not.
 */
function meaning(events: readonly ChatEvent[]): unknown[] {
  const counted = events.map((event) => {
    if (!("usage" in event) || event.usage === undefined) return event;
    const { native: _, ...usage } = { native: undefined, ...event.usage };
    return { ...event, usage };
  });
  const error = events.at(-1);
  if (error?.type !== "error") return counted;
  const before = counted.slice(0, -1);
  const isCut = before.at(-1)?.type.endsWith("-end");
  const { code, param, retryAfterSeconds, resetsAt, upstreamStatus } = error.error;
  return [...(isCut ? before.slice(0, -1) : before), { code, param, retryAfterSeconds, resetsAt, upstreamStatus }];
}

test("the oldest version that is supported was recorded, and the newest that is tested", () => {
  expect(RECORDED_VERSIONS).toEqual(expect.arrayContaining([OLDEST_SUPPORTED_VERSION, NEWEST_TESTED_VERSION]));
});

describe.each(RECORDED_VERSIONS.filter((version) => version !== NEWEST_TESTED_VERSION))("%s", (version) => {
  test("was recorded in many turns of the same", () => {
    const recordings = recordingsOf(version);
    expect(recordings.length).toBeGreaterThan(50);
    expect(recordingsOf(NEWEST_TESTED_VERSION)).toEqual(expect.arrayContaining(recordings));
  });

  test.each(recordingsOf(version))("%s means the same", (name) => {
    expect<unknown>(outcome(name, version)).toEqual(outcome(name, NEWEST_TESTED_VERSION));
  });
});
