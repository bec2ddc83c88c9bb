import { encodeSummary } from "../../../src/api/responses-shape/compaction.ts";
import { PNG } from "../media.ts";
import { F } from "./options.ts";
import { after, answered, asked, call, hosted, image, PNG_URL, result, type Spelling, text } from "./spelling.ts";

/** What tools of OpenAI's, or of programs, left in the history. */
export const FOREIGN_ITEMS: readonly Spelling[] = [
  {
    name: "searches, and whatever else says nothing",
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
    spelled: after(
      { type: "computer_call", id: "cu_1", call_id: "c1", action: { type: "screenshot" }, pending_safety_checks: [] },
      { type: "computer_call_output", call_id: "c1", output: { type: "computer_screenshot", image_url: PNG_URL } },
    ),
    textbook: after(...hosted("computer", { type: "screenshot" }, [image])),
  },
  {
    name: "tools that were searched for, which are offered from then on",
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
];
