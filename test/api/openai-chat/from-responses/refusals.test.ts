import { afterEach, describe, expect, test } from "bun:test";
import { ApiError } from "../../../../src/core/error.ts";
import { readError } from "../../../support/wire.ts";
import { FINISH, play, START, serve, stopServers } from "../chat-server.ts";

afterEach(stopServers);

const TOOL = { type: "function", name: "f", description: "F", parameters: { type: "object" } };
const CALL = { type: "function_call", id: "fc_1", call_id: "c1", name: "f", arguments: "{}", status: "completed" };

describe("what such a body cannot ask is a 400 that names its own field", () => {
  const asking = (...content: object[]) => ({ input: [{ role: "user", content }] });

  test.each<[object, string]>([
    [{ input: 5 }, "input"],
    [{ input: [] }, "input"],
    [{ input: "" }, "input"],
    [{ input: " ", instructions: "s" }, "input"],
    [{ input: [{ role: "user", content: "" }], instructions: "s" }, "input[0].content"],
    [{ input: [{ role: "boss", content: "x" }] }, "input[0].role"],
    [{ input: [{ type: "item_reference", id: "msg_1" }] }, "input[0].type"],
    [{ input: [{ type: "web_search_call", id: "ws_1" }] }, "input"],
    [{ input: [{ role: "user", content: "a" }, CALL] }, "input"],
    [asking({ type: "input_image", file_id: "file-1" }), "input[0].content[0].file_id"],
    [asking({ type: "input_image", image_url: "http://x/a.png" }), "input[0].content[0].image_url"],
    [asking({ type: "input_file", file_url: "http://x/a.pdf" }), "input[0].content[0].file_url"],
    [asking({ type: "input_file", file_id: "file-1" }), "input[0].content[0].file_id"],
    [asking({ type: "input_audio", input_audio: {} }), "input[0].content"],
    [{ input: "a", tools: [{ type: "function" }] }, "tools[0].name"],
    [{ input: "a", tools: [TOOL, { ...TOOL, description: "G" }] }, "tools[1].name"],
    [{ input: "a", tools: [{ ...TOOL, parameters: { type: "array" } }] }, "tools[0].parameters.type"],
    [{ input: "a", tools: [TOOL], tool_choice: { type: "function", name: "g" } }, "tool_choice.name"],
    [
      {
        input: "a",
        tools: [TOOL],
        tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "g" }] },
      },
      "tool_choice.tools[0].name",
    ],
    [{ input: "a", reasoning: { effort: "huge" } }, "reasoning.effort"],
    [{ input: "a", text: { format: { type: "grammar" } } }, "text.format.type"],
    [{ input: "a", previous_response_id: "resp_1" }, "previous_response_id"],
    [{ input: "a", conversation: "conv_1" }, "conversation"],
    [{ input: "a", prompt: { id: "p" } }, "prompt"],
    [{ input: "a", background: true }, "background"],
  ])("%j", async (fields, param) => {
    const { post, asked } = serve(play(START, FINISH));
    const response = await post({ messages: undefined, ...fields });
    expect(response.status).toBe(400);
    const error = await readError(response);
    expect(error).toMatchObject({ type: "invalid_request_error", param });
    expect(error.message).not.toContain("messages[");
    expect(asked).toEqual([]);
  });

  test("also where the backend refuses it", async () => {
    const unusable = new ApiError("invalid_request", "'response_format.json_schema.schema' is odd.", {
      param: "response_format",
    });
    const { post } = serve(play({ type: "error", error: unusable }));
    const format = { type: "json_schema", name: "n", schema: {} };
    for (const stream of [false, true]) {
      const error = await readError(post({ messages: undefined, input: "a", stream, text: { format } }));
      expect(error).toMatchObject({ param: "text.format", message: "'text.format.schema' is odd." });
    }
  });
});
