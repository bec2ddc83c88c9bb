import { expect, test } from "bun:test";
import { Logger } from "../../src/observability/logger.ts";

test("a line for programs is one JSON object, with the fields as they are", () => {
  const lines: string[] = [];
  const logger = new Logger("info", (line) => lines.push(line), "json");
  logger.info("request", { status: 200, error: undefined, client: 'a "b"\nc' });
  logger.debug("not at this level");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toEndWith("\n");
  expect(lines[0]?.trimEnd()).not.toContain("\n");
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    level: "info",
    message: "request",
    status: 200,
    client: 'a "b"\nc',
  });
});
