import { PNG } from "../media.ts";
import { after, answered, answering, asked, call, image, result, type Spelling, text } from "./spelling.ts";

/** Calls and results. */
export const CALLS: readonly Spelling[] = [
  {
    name: "calls and results as a chat has them",
    spelled: after(
      {
        role: "assistant",
        content: "b",
        tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: '{"x":1}' } }],
      },
      { role: "tool", tool_call_id: "c1", content: "r" },
    ),
    textbook: after(answered, call, result("r")),
  },
  {
    name: "calls and results as Anthropic has them",
    spelled: {
      input: [
        asked,
        {
          role: "assistant",
          content: [
            { type: "text", text: "b" },
            { type: "tool_use", id: "c1", name: "f", input: { x: 1 } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "c1", is_error: true, content: [{ type: "text", text: "r" }] },
            { type: "text", text: "z" },
          ],
        },
      ],
    },
    textbook: after(answered, call, { ...result([text("r")]), is_error: true }),
  },
  {
    name: "arguments as an object",
    spelled: after({ ...call, arguments: { x: 1 } }, result("r")),
    textbook: after(call, result("r")),
  },
  {
    name: "ids that are null, or counted",
    spelled: after({ ...call, id: null, call_id: 7 }, { ...result("r"), id: null, call_id: 7 }),
    textbook: after({ ...call, call_id: "7" }, { ...result("r"), call_id: "7" }),
  },
  {
    name: "results by the ids of the calls' items",
    spelled: after({ ...call, id: "fc_1" }, { ...result("r"), call_id: "fc_1" }),
    textbook: after(call, result("r")),
  },
  {
    name: "a result without an id",
    spelled: after(call, { type: "function_call_output", output: "r" }),
    textbook: after(call, result("r")),
  },
  {
    name: "a result before its call",
    spelled: after(result("r"), call),
    textbook: after(call, result("r")),
    named: ["input.call_id"],
  },
  {
    name: "a result whose call was cut away",
    spelled: after(result("r")),
    textbook: after({ role: "user", content: "[Result of the earlier tool call c1]\nr" }),
    named: ["input.call_id"],
  },
  {
    name: "a call whose name is left out",
    spelled: after({ ...call, name: undefined }, answered),
    textbook: after(answered),
    named: ["input.name"],
  },
  {
    name: "a call of nothing",
    spelled: after({ ...call, name: "" }, answered),
    textbook: after(answered),
    named: ["input.name"],
  },
  { name: "an output that is null", spelled: answering(null), textbook: answering("") },
  { name: "an output that is a number", spelled: answering(5), textbook: answering("5") },
  { name: "an output that is an object", spelled: answering({ ok: true }), textbook: answering('{"ok":true}') },
  { name: "an output that is a list", spelled: answering([1, 2]), textbook: answering("[1,2]") },
  {
    name: "an output as an MCP server has it",
    spelled: answering({ content: [{ type: "text", text: "r" }], isError: true }),
    textbook: { input: [asked, call, { ...result([text("r")]), is_error: true }] },
  },
  {
    name: "an output of parts of others",
    spelled: answering([
      { type: "text", text: "r" },
      { type: "image", data: PNG, mimeType: "image/png" },
      { type: "audio", data: "x" },
    ]),
    textbook: answering([text("r"), image]),
    named: ["input.output.audio"],
  },
];
