import { expect, test } from "bun:test";
import { nearest } from "../../src/config/nearest.ts";

const KNOWN = ["--port", "--host", "--log-level", "--max-concurrency", "--api-key", "--api-key-file"];

test.each([
  ["--prot", "--port"],
  ["-port", "--port"],
  ["--Port", "--port"],
  ["--logLevel", "--log-level"],
  ["--log_level", "--log-level"],
  ["--loglevl", "--log-level"],
  ["--max-concurency", "--max-concurrency"],
  ["--apikey", "--api-key"],
  ["--api-key-fil", "--api-key-file"],
])("%p is taken for %p", (typed, meant) => {
  expect(nearest(typed, KNOWN)).toBe(meant);
});

test.each(["--verbose", "-p", "--", "--x"])("%p resembles nothing", (typed) => {
  expect(nearest(typed, KNOWN)).toBeUndefined();
});
