import { describe, expect, test } from "bun:test";
import { groupMb, hasRoomForProcess, parseMemInfo } from "../../../src/claude/pool/memory.ts";

const MB = 1024 * 1024;
const MEM_INFO =
  "MemTotal:       16384000 kB\nMemFree:          1024 kB\nMemAvailable:    2097152 kB\nBuffers:  5 kB\n";

describe("what the machine could give is", () => {
  test("what Linux calls available, in MB, and not what is free", () => {
    expect(parseMemInfo(MEM_INFO)).toBe(2048);
  });

  test.each(["", "MemFree: 1024 kB\n", "MemAvailable: lots\n", "XMemAvailable: 1024 kB\n"])(
    "unknown where Linux does not tell: %j",
    (text) => {
      expect(parseMemInfo(text)).toBeUndefined();
    },
  );
});

describe("what a container may still take is", () => {
  test("its limit without what it uses, in MB", () => {
    expect(groupMb(`${2048 * MB}\n`, `${512 * MB}\n`, "")).toBe(1536);
  });

  test("with the cache of files that nobody looked at lately", () => {
    const stat = `anon ${MB}\ninactive_file ${256 * MB}\n`;
    expect(groupMb(`${2048 * MB}\n`, `${512 * MB}\n`, stat)).toBe(1792);
  });

  test("nothing, when it uses more than its limit", () => {
    expect(groupMb(`${100 * MB}\n`, `${101 * MB}\n`, "")).toBe(0);
  });

  test.each([
    ["there is no limit", "max\n", `${512 * MB}\n`],
    ["there are no such files", "", ""],
    ["it is not told what is used", `${2048 * MB}\n`, ""],
  ])("without end, where %s", (_, max, current) => {
    expect(groupMb(max, current, "")).toBe(Number.POSITIVE_INFINITY);
  });
});

test("whether there is room for a process can be told on this machine", () => {
  expect(hasRoomForProcess()).toBeBoolean();
});
