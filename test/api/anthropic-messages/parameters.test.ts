import { describe, expect, test } from "bun:test";
import { PARAMETERS } from "../../../src/api/anthropic-messages/parameters.ts";
import { MessagesBody } from "../../../src/api/anthropic-messages/schema.ts";

/** The fields of Anthropic's request: those of npm @anthropic-ai/sdk 1.14.0, of its betas, and of older versions. */
const ANTHROPIC_FIELDS =
  "cache_control container context_management diagnostics inference_geo max_tokens mcp_servers messages metadata model output_config " +
  "output_format service_tier speed stop_sequences stream system temperature thinking thread tool_choice tools top_k top_p";

describe("the table of parameters", () => {
  test("tells of each of Anthropic's fields, and of no other, what becomes of it", () => {
    expect(Object.keys(PARAMETERS).sort()).toEqual(ANTHROPIC_FIELDS.split(" ").sort());
  });

  test("says `ignored` of exactly the fields that the schema does not read", () => {
    const ignored = Object.entries(PARAMETERS).filter(([, { treatment }]) => treatment === "ignored");
    const unread = ANTHROPIC_FIELDS.split(" ").filter((field) => !Object.hasOwn(MessagesBody.properties, field));
    expect(ignored.map(([field]) => field).sort()).toEqual(unread.sort());
  });

  test("explains each", () => {
    expect(Object.entries(PARAMETERS).filter(([, { note }]) => !note.endsWith("."))).toEqual([]);
  });
});
