import { describe, expect, test } from "bun:test";
import { NEWEST_TESTED_VERSION, OLDEST_SUPPORTED_VERSION } from "../../../src/claude/cli/version.ts";
import { toolNames } from "../../support/tool-names.ts";
import { kindOf, RECORDED_VERSIONS, recorded, recordingsOf, replay } from "./replay.ts";

// What other versions of the CLI print in the same turns means the same. What that is, the tests of the decoder say, by the recordings of
// the version that all tests run with.

const NAMES = toolNames(["f", "g"]);

/** What becomes of a recorded turn. */
function outcome(name: string, version: string) {
  const messages = recorded(name, version);
  const isResumed = name.endsWith("-resumed");
  return (["whole", "as-written"] as const).map((delivery) => {
    const output = name.startsWith("output-") ? delivery : undefined;
    const { events, decoder, finishedAt, interruptAt } = replay(messages, { names: NAMES, isResumed, output });
    const { clean, ended, awaitedCalls } = decoder;
    const at = (index: number | undefined) => (index === undefined ? undefined : kindOf(messages[index]));
    return { events, clean, ended, awaitedCalls, finished: at(finishedAt), interrupts: at(interruptAt) };
  });
}

test("the oldest version that is supported was recorded, and the newest that is tested", () => {
  expect(RECORDED_VERSIONS).toEqual(expect.arrayContaining([OLDEST_SUPPORTED_VERSION, NEWEST_TESTED_VERSION]));
});

describe.each(RECORDED_VERSIONS.filter((version) => version !== NEWEST_TESTED_VERSION))("%s", (version) => {
  test("was recorded in the same turns", () => {
    expect(recordingsOf(version)).toEqual(recordingsOf(NEWEST_TESTED_VERSION));
  });

  test.each(recordingsOf(version))("%s means the same", (name) => {
    expect<unknown>(outcome(name, version)).toEqual(outcome(name, NEWEST_TESTED_VERSION));
  });
});
