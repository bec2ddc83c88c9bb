import { describe, expect, test } from "bun:test";
import packageJson from "../../../package.json" with { type: "json" };
import {
  compareVersions,
  countsDescriptions,
  isSupportedVersion,
  NEWEST_TESTED_VERSION,
  OLDEST_SUPPORTED_VERSION,
  parseVersion,
  selectsModelsSilently,
} from "../../../src/claude/cli/version.ts";

describe("parseVersion", () => {
  test.each([
    ["2.1.330 (Claude Code)\n", "2.1.330"],
    ["2.1.330", "2.1.330"],
    ["Claude Code 10.20.30", "10.20.30"],
    ["2.1", undefined],
    ["", undefined],
    ["command not found", undefined],
  ])("of %j is %p", (output, version) => {
    expect(parseVersion(output)).toBe(version);
  });
});

describe("compareVersions", () => {
  test.each([
    ["2.1.250", "2.1.250", 0],
    ["2.1.249", "2.1.250", -1],
    ["2.1.1000", "2.1.999", 1],
    ["2.9.0", "2.10.0", -1],
    ["10.0.0", "9.99.99", 1],
    ["2.2.0", "2.1.999", 1],
    ["1.99.99", "2.0.0", -1],
  ])("counts numbers, not letters: %s to %s is %p", (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
  });
});

describe("supported is", () => {
  test("2.1.250, the oldest CLI that takes a client's text literally", () => {
    expect(OLDEST_SUPPORTED_VERSION).toBe("2.1.250");
    expect(isSupportedVersion("2.1.250")).toBeTrue();
  });

  test.each(["2.1.251", "2.2.0", "3.0.0", "2.1.1000"])("the newer %s", (version) => {
    expect(isSupportedVersion(version)).toBeTrue();
  });

  test.each(["2.1.249", "2.1.99", "2.0.999", "1.0.0", "0.2.250"])("not the older %s", (version) => {
    expect(isSupportedVersion(version)).toBeFalse();
  });
});

describe("a model selected before the first question leaves no trace", () => {
  test.each(["2.1.251", "2.1.330", "2.2.0"])("in %s", (version) => {
    expect(selectsModelsSilently(version)).toBeTrue();
  });

  test("in 2.1.250 it does: the CLI tells the model of it", () => {
    expect(selectsModelsSilently("2.1.250")).toBeFalse();
  });
});

test.each<[string, boolean]>([
  ["2.1.280", true],
  ["2.1.330", true],
  ["2.2.0", true],
  ["2.1.250", false],
  ["2.1.278", false],
])("descriptions of tools are counted as a whole in %s: %s", (version, isWhole) => {
  expect(countsDescriptions(version)).toBe(isWhole);
});

test("the newest tested version is the one that the tests run with", () => {
  expect(NEWEST_TESTED_VERSION).toBe(packageJson.devDependencies["@anthropic-ai/claude-code"]);
});
