import { expect, test } from "bun:test";
import { presumedFacts } from "../../../src/claude/models/facts.ts";
import { findConnection } from "../../../src/cli/connect/connection.ts";
import { guidesFor } from "../../../src/cli/connect/guides.ts";
import { load } from "../../config/load-with.ts";

const { config } = load();

const LISTED = ["claude-opus-4", "claude-sonnet-4", "claude-fable", "claude-fable-5-2", "fable", "opus", "gpt-4o"];
const STABLE = ["claude-opus-4", "claude-sonnet-4", "claude-fable"];

test("programs are offered the stable name of every family that the server lists, and no other name", async () => {
  const occupant = { kind: "ours", health: { name: "claude-max-api", status: "ok", version: "1.0.0" } } as const;
  const list = () => Response.json({ data: LISTED.map((id) => ({ id, display_name: id })) });
  await using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: list });
  const { connection } = await findConnection({ ...config, port: server.port ?? 0 }, occupant, undefined);
  expect(connection.models.map(({ id }) => id)).toEqual(STABLE);
  expect(connection.model).toBe("claude-sonnet-4");
});

test("the page's guides offer the same", async () => {
  const models = LISTED.map((id) => ({ id, displayName: id, facts: presumedFacts(id) }));
  const guides = await guidesFor(config, "linux")("http://127.0.0.1:3456", models);
  const snippet = guides.find(({ name }) => name === "opencode")?.snippet.text ?? "";
  for (const id of STABLE) expect(snippet).toContain(`"${id}"`);
  expect(snippet).not.toContain("claude-haiku-4");
  expect(snippet).not.toContain("claude-fable-5-2");
});
