import { expect, test } from "bun:test";
import { toolDefinitions } from "../../../../src/claude/tools/tool-definitions.ts";
import { ToolNames } from "../../../../src/claude/tools/tool-names.ts";
import { encodeBlock } from "../../../../src/claude/turn/encode-content.ts";
import { NATIVE } from "../../../support/native-conversations.ts";
import { decode } from "../decode-body.ts";

const NAMES = new ToolNames([]);

test.each(Object.entries(NATIVE))("decoded and written for the API again is what it was: %s", (_, body) => {
  const { request, ignored } = decode(body, false, "files-api-2025-04-14");
  expect(ignored).toEqual([]);
  const turns = request.turns.map(({ role, content }) => ({
    role,
    content: content.map((block) => encodeBlock(block, NAMES)),
  }));
  expect<unknown>(turns).toEqual([...body.messages]);
  const { tools, serverTools = [] } = request;
  expect<unknown>(toolDefinitions({ tools, serverTools }, NAMES)).toEqual(body.tools ?? []);
  const { messages: _messages, tools: _tools, tool_choice, system, model: _model, ...fields } = body;
  expect<unknown>(request.native ?? {}).toEqual(fields);
  expect<unknown>(request.system === "" ? undefined : request.system).toBe(system);
  if (tool_choice === undefined) expect(request.toolChoice).toEqual({ type: "auto" });
  else expect([request.toolChoice.type === "auto", request.parallelToolCalls]).not.toEqual([true, true]);
});
