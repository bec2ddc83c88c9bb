import { encodeSummary } from "../../src/api/openai-responses/compaction.ts";
import { PNG } from "./media.ts";

/** A body in a spelling that programs have, and the same in the textbook's: both without a model. */
export type Spelling = {
  readonly name: string;
  readonly spelled: object;
  readonly textbook: object;
  /** What the response header names beside what it names of the textbook's. */
  readonly named?: readonly string[];
  /** Whether it is of what the CLI carries as blocks of its own kinds, so that it is tried through the CLI, too. */
  readonly isContent?: true;
};

const PNG_URL = `data:image/png;base64,${PNG}`;
const asked = { role: "user", content: "a" };
const answered = { role: "assistant", content: "b" };
const call = { type: "function_call", call_id: "c1", name: "f", arguments: '{"x":1}' };
const result = (output: unknown) => ({ type: "function_call_output", call_id: "c1", output });
const after = (...items: object[]) => ({ input: [asked, ...items, { role: "user", content: "z" }] });
const saying = (content: unknown) => ({ input: [{ role: "user", content }] });
const answering = (output: unknown) => ({ input: [asked, call, result(output)] });
const hosted = (name: string, args: object, output: string | object[], id = "c1") => [
  { type: "function_call", call_id: id, name, arguments: JSON.stringify(args) },
  { type: "function_call_output", call_id: id, output },
];
const F = {
  type: "function",
  name: "f",
  description: "d",
  parameters: { type: "object", properties: { x: { type: "integer" } } },
};
const { type: _type, ...DEFINITION } = F;
const offering = (tool: object) => ({ input: "a", tools: [tool] });
const choosing = (tool_choice: unknown) => ({ input: "a", tools: [F], tool_choice });
const schema = { type: "object", properties: { y: { type: "string" } }, additionalProperties: false };
const formatted = (text: object) => ({ input: "a", text });
const FORMAT = { type: "json_schema", name: "n", schema };

const text = (value: string) => ({ type: "input_text", text: value });
const image = { type: "input_image", image_url: PNG_URL };

export const SPELLINGS: readonly Spelling[] = [
  // What is asked.
  { name: "one item instead of a list", spelled: { input: asked }, textbook: { input: [asked] } },
  {
    name: "texts as items",
    spelled: { input: ["a", "b"] },
    textbook: { input: [asked, { role: "user", content: "b" }] },
  },
  { name: "messages instead of input", spelled: { messages: [asked] }, textbook: { input: [asked] } },
  { name: "messages that say the same", spelled: { input: [asked], messages: [asked] }, textbook: { input: [asked] } },
  { name: "a prompt as a text", spelled: { prompt: "a" }, textbook: { input: "a" } },
  { name: "instructions alone", spelled: { instructions: "a" }, textbook: { input: "a" } },
  {
    name: "instructions as parts",
    spelled: { instructions: [text("p"), "q", { role: "system", content: "r" }], input: "a" },
    textbook: { instructions: "p\n\nq\n\nr", input: "a" },
  },
  { name: "parts as items", spelled: { input: [text("a"), image] }, textbook: saying([text("a"), image]) },

  // Messages.
  { name: "a role in capitals", spelled: { input: [{ ...asked, role: "User" }] }, textbook: { input: [asked] } },
  {
    name: "roles of others",
    spelled: after({ role: "model", parts: [{ text: "b" }] }, { role: "human", content: "y" }),
    textbook: after(answered, { role: "user", content: "y" }),
  },
  { name: "a part called text", spelled: saying([{ type: "text", text: "a" }]), textbook: saying([text("a")]) },
  { name: "texts as parts", spelled: saying(["a", "b"]), textbook: saying([text("a"), text("b")]) },
  { name: "a part alone", spelled: saying({ type: "text", text: "a" }), textbook: saying([text("a")]) },
  { name: "a part without a type", spelled: saying([{ text: "a" }]), textbook: saying([text("a")]) },
  { name: "a number", spelled: saying(5), textbook: saying("5") },
  {
    name: "a user's text called the model's",
    spelled: saying([{ type: "output_text", text: "a" }]),
    textbook: saying([text("a")]),
  },
  {
    name: "an image as a chat has it",
    spelled: saying([text("a"), { type: "image_url", image_url: { url: PNG_URL } }]),
    textbook: saying([text("a"), image]),
  },
  {
    name: "an image as Anthropic has it",
    isContent: true,
    spelled: saying([text("a"), { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }]),
    textbook: saying([text("a"), image]),
  },
  {
    name: "an image as bare base64",
    spelled: saying([text("a"), { type: "input_image", image_url: PNG }]),
    textbook: saying([text("a"), image]),
  },
  {
    name: "a file as a chat has it",
    isContent: true,
    spelled: saying([text("a"), { type: "file", file: { filename: "n.txt", file_data: btoa("notes") } }]),
    textbook: saying([text("a"), { type: "input_file", filename: "n.txt", file_data: btoa("notes") }]),
  },
  {
    name: "a PDF by its address, as Anthropic has it",
    spelled: saying([text("a"), { type: "document", source: { type: "url", url: "https://a.example/b.pdf" } }]),
    textbook: saying([text("a"), { type: "input_file", file_url: "https://a.example/b.pdf" }]),
  },
  {
    name: "audio",
    spelled: saying([text("a"), { type: "input_audio", input_audio: { data: "x", format: "wav" } }]),
    textbook: saying([text("a")]),
    named: ["input.content.input_audio"],
  },
  { name: "an answer that is null", spelled: after({ role: "assistant", content: null }), textbook: after() },
  {
    name: "what a model thought, as Anthropic has it",
    spelled: after({
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm", signature: "s" },
        { type: "text", text: "b" },
      ],
    }),
    textbook: after(answered),
    named: ["input.content.thinking"],
  },
  {
    name: "an image that the model showed",
    isContent: true,
    spelled: after({ role: "assistant", content: [{ type: "output_text", text: "b" }, image] }),
    textbook: after(answered, { role: "user", content: [text("[From the assistant's message before this:]"), image] }),
    named: ["input.content"],
  },

  // Calls and results.
  {
    name: "calls and results as a chat has them",
    isContent: true,
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
    isContent: true,
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
    isContent: true,
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
    isContent: true,
    spelled: after(call, { type: "function_call_output", output: "r" }),
    textbook: after(call, result("r")),
  },
  {
    name: "a result before its call",
    isContent: true,
    spelled: after(result("r"), call),
    textbook: after(call, result("r")),
    named: ["input.call_id"],
  },
  {
    name: "a result whose call was cut away",
    isContent: true,
    spelled: after(result("r")),
    textbook: after({ role: "user", content: "[Result of the earlier tool call c1]\nr" }),
    named: ["input.call_id"],
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
    isContent: true,
    spelled: answering({ content: [{ type: "text", text: "r" }], isError: true }),
    textbook: { input: [asked, call, { ...result([text("r")]), is_error: true }] },
  },
  {
    name: "an output of parts of others",
    isContent: true,
    spelled: answering([
      { type: "text", text: "r" },
      { type: "image", data: PNG, mimeType: "image/png" },
      { type: "audio", data: "x" },
    ]),
    textbook: answering([text("r"), image]),
    named: ["input.output.audio"],
  },

  // What tools of OpenAI's, or of programs, left in the history.
  {
    name: "searches, and whatever else says nothing",
    isContent: true,
    spelled: after(
      { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "q" } },
      { type: "file_search_call", id: "fs_1", status: "completed", queries: ["q"], results: null },
      { type: "mcp_list_tools", id: "m", server_label: "s", tools: [] },
      { type: "mcp_approval_request", id: "mr", server_label: "s", name: "n", arguments: "{}" },
      { type: "mcp_approval_response", approval_request_id: "mr", approve: true },
      { type: "ghost_snapshot", ghost_commit: {} },
      { type: "compaction_trigger" },
      { type: "something_new", id: "x" },
      answered,
    ),
    textbook: after(answered),
    named: [
      "input.web_search_call",
      "input.file_search_call",
      "input.mcp_list_tools",
      "input.mcp_approval_request",
      "input.mcp_approval_response",
      "input.ghost_snapshot",
      "input.compaction_trigger",
      "input.something_new",
    ],
  },
  {
    name: "a search in files that tells what it found",
    spelled: after({ type: "file_search_call", id: "fs_1", queries: ["q"], results: [{ filename: "n", text: "t" }] }),
    textbook: after(...hosted("file_search", { queries: ["q"] }, '[{"filename":"n","text":"t"}]', "fs_1")),
  },
  {
    name: "a call of an MCP server's tool",
    spelled: after({ type: "mcp_call", id: "mcp_1", server_label: "s", name: "g", arguments: '{"x":1}', output: "r" }),
    textbook: after(...hosted("g", { x: 1 }, "r", "mcp_1")),
  },
  {
    name: "an interpreter's run",
    spelled: after({
      type: "code_interpreter_call",
      id: "ci_1",
      container_id: "k",
      code: "1",
      outputs: [{ type: "logs", logs: "2" }],
    }),
    textbook: after(...hosted("code_interpreter", { code: "1" }, '[{"type":"logs","logs":"2"}]', "ci_1")),
  },
  {
    name: "an image that was made",
    isContent: true,
    spelled: after({
      type: "image_generation_call",
      id: "ig_1",
      status: "completed",
      revised_prompt: "p",
      result: PNG,
    }),
    textbook: after(...hosted("image_generation", { revised_prompt: "p" }, [image], "ig_1")),
  },
  {
    name: "a local shell's command",
    isContent: true,
    spelled: after(
      {
        type: "local_shell_call",
        id: "lsh_1",
        call_id: "c1",
        action: { type: "exec", command: ["ls"] },
        status: "completed",
      },
      { type: "local_shell_call_output", id: "c1", output: "r" },
    ),
    textbook: after(...hosted("local_shell", { type: "exec", command: ["ls"] }, "r")),
  },
  {
    name: "a shell's commands",
    spelled: after(
      { type: "shell_call", call_id: "c1", action: { commands: ["ls"] } },
      {
        type: "shell_call_output",
        call_id: "c1",
        output: [{ stdout: "r", stderr: "", outcome: { type: "exit", exit_code: 0 } }],
      },
    ),
    textbook: after(
      ...hosted("shell", { commands: ["ls"] }, '[{"stdout":"r","stderr":"","outcome":{"type":"exit","exit_code":0}}]'),
    ),
  },
  {
    name: "a patch, which failed",
    isContent: true,
    spelled: after(
      { type: "apply_patch_call", call_id: "c1", status: "completed", operation: { type: "delete_file", path: "p" } },
      { type: "apply_patch_call_output", call_id: "c1", status: "failed" },
    ),
    textbook: after(
      { ...call, name: "apply_patch", arguments: '{"type":"delete_file","path":"p"}' },
      { ...result("failed"), is_error: true },
    ),
  },
  {
    name: "what a computer showed",
    isContent: true,
    spelled: after(
      { type: "computer_call", id: "cu_1", call_id: "c1", action: { type: "screenshot" }, pending_safety_checks: [] },
      { type: "computer_call_output", call_id: "c1", output: { type: "computer_screenshot", image_url: PNG_URL } },
    ),
    textbook: after(...hosted("computer", { type: "screenshot" }, [image])),
  },
  {
    name: "tools that were searched for, which are offered from then on",
    isContent: true,
    spelled: {
      ...after(
        { type: "tool_search_call", call_id: null, execution: "server", arguments: { q: "f" } },
        { type: "tool_search_output", id: "t", call_id: null, tools: [F] },
        { type: "additional_tools", role: "developer", tools: [F, { ...F, name: "g" }] },
      ),
    },
    textbook: {
      ...after(...hosted("tool_search", { q: "f" }, "Tools found: f", "")),
      tools: [F, { ...F, name: "g" }],
    },
  },
  {
    name: "a summary of ours",
    spelled: { input: [{ type: "compaction", encrypted_content: encodeSummary("ä") }, asked] },
    textbook: { input: [text("[The conversation up to here was shortened. This is a summary of it:]\n\nä"), asked] },
  },
  {
    name: "a summary of another's",
    isContent: true,
    spelled: { input: [{ type: "compaction", id: "cmp_1", encrypted_content: "gAAAA" }, asked] },
    textbook: {
      input: [
        text(
          "[The conversation up to here was shortened by another service, in a form that only it can read. What was said is lost.]",
        ),
        asked,
      ],
    },
    named: ["input.compaction"],
  },
  {
    name: "references to what would say nothing",
    spelled: after({ type: "item_reference", id: "rs_1" }, { id: "ws_1" }),
    textbook: after(),
    named: ["input.item_reference"],
  },

  // Tools.
  {
    name: "a tool as a chat has it",
    spelled: offering({ type: "function", function: DEFINITION }),
    textbook: offering(F),
  },
  { name: "a tool without a type", spelled: offering({ function: DEFINITION }), textbook: offering(F) },
  {
    name: "a tool as Anthropic has it",
    isContent: true,
    spelled: offering({ name: "f", description: "d", input_schema: F.parameters }),
    textbook: offering(F),
  },
  { name: "functions of old", spelled: { input: "a", functions: [DEFINITION] }, textbook: offering(F) },
  { name: "one tool instead of a list", spelled: { input: "a", tools: F }, textbook: offering(F) },
  { name: "a tool twice", spelled: { input: "a", tools: [F, F] }, textbook: offering(F) },
  {
    name: "a custom tool as a chat has it",
    spelled: offering({
      type: "custom",
      custom: { name: "p", format: { type: "grammar", grammar: { syntax: "lark", definition: "s" } } },
    }),
    textbook: offering({ type: "custom", name: "p", format: { type: "grammar", syntax: "lark", definition: "s" } }),
  },
  { name: "the choice any", spelled: choosing("any"), textbook: choosing("required") },
  { name: "a choice as an object", spelled: choosing({ type: "auto" }), textbook: choosing("auto") },
  { name: "a choice that is empty", spelled: choosing(""), textbook: choosing(null) },
  {
    name: "a choice as a chat has it",
    spelled: choosing({ type: "function", function: { name: "f" } }),
    textbook: choosing({ type: "function", name: "f" }),
  },
  {
    name: "a choice as Anthropic has it",
    spelled: choosing({ type: "tool", name: "f", disable_parallel_tool_use: true }),
    textbook: { ...choosing({ type: "function", name: "f" }), parallel_tool_calls: false },
  },
  { name: "a tool's bare name", spelled: choosing("f"), textbook: choosing({ type: "function", name: "f" }) },
  {
    name: "allowed tools as a chat has them",
    spelled: choosing({
      type: "allowed_tools",
      allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] },
    }),
    textbook: choosing({ type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "f" }] }),
  },
  {
    name: "a choice of what is not offered",
    spelled: choosing({ type: "web_search_preview" }),
    textbook: choosing("auto"),
    named: ["tool_choice"],
  },

  // Settings.
  { name: "limits that are none", spelled: { input: "a", max_output_tokens: -1 }, textbook: { input: "a" } },
  {
    name: "a limit by a chat's name",
    spelled: { input: "a", max_tokens: 90 },
    textbook: { input: "a", max_output_tokens: 90 },
  },
  {
    name: "a limit as a text",
    spelled: { input: "a", max_output_tokens: "90" },
    textbook: { input: "a", max_output_tokens: 90 },
  },
  ...["", "auto", "default", null].map((effort) => ({
    name: `the effort ${JSON.stringify(effort)}`,
    spelled: { input: "a", reasoning: { effort } },
    textbook: { input: "a" },
  })),
  {
    name: "an effort by a chat's name",
    spelled: { input: "a", reasoning_effort: "High" },
    textbook: { input: "a", reasoning: { effort: "high" } },
  },
  { name: "reasoning that is empty", spelled: { input: "a", reasoning: {} }, textbook: { input: "a" } },
  {
    name: "a format as a chat has it",
    spelled: formatted({ format: { type: "json_schema", json_schema: { name: "n", schema } } }),
    textbook: formatted({ format: FORMAT }),
  },
  {
    name: "a format at a chat's place",
    spelled: { input: "a", response_format: { type: "json_schema", json_schema: { schema } } },
    textbook: formatted({ format: FORMAT }),
  },
  {
    name: "a format in a word",
    spelled: formatted({ format: "json" }),
    textbook: formatted({ format: { type: "json_object" } }),
  },
  { name: "a format that is empty", spelled: formatted({ format: {} }), textbook: { input: "a" } },
  {
    name: "what is empty, or written as a text",
    spelled: {
      input: "a",
      previous_response_id: "",
      conversation: "",
      include: "",
      tools: "",
      store: "false",
      metadata: "",
    },
    textbook: { input: "a", store: false },
  },
  {
    name: "labels of other types",
    spelled: { input: "a", user: { name: "u" }, metadata: { n: 1, gone: null } },
    textbook: { input: "a", metadata: { n: "1" } },
    named: ["user"],
  },

  // The answer's beginning.
  {
    name: "the assistant's last word",
    spelled: { input: [asked, answered] },
    textbook: {
      input: [
        asked,
        answered,
        {
          role: "user",
          content:
            "[Your last message is unfinished. Continue it from exactly where it stops, as if there had been no interruption: write only what follows its last character. Do not repeat any of it, and do not mention this request.]",
        },
      ],
    },
    named: ["input.continuation"],
  },
];
