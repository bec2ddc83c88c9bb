import Type from "typebox";
import { isJsonObject, sameJson } from "../../core/json.ts";
import type { CliProcess } from "../process/cli-process.ts";
import { lazyCheck } from "../protocol/lazy-check.ts";
import { ClientTools, namedTools } from "../tools/client-tools.ts";
import { DEFERRED, ToolNames } from "../tools/tool-names.ts";
import type { Script } from "./probe.ts";

const FORMER = { system: "former system prompt", question: "former question", tool: "former_tool" };
const LATTER = { system: "latter system prompt", question: "latter question", tool: "latter_tool" };

/** Whether a process of this CLI, once asked and rewound to its beginning, takes another system prompt, and nothing of before is left. */
export const takesAnotherPrompt: Script<boolean> = {
  name: "rebinding",
  timeoutMs: 20_000,
  maxTries: 1,
  run: async ({ start, request, ask, api, model }) => {
    start();
    await request({ subtype: "initialize", systemPrompt: [FORMER.system], systemPromptSnapshot: false });
    const uuid = await ask(FORMER.question);
    await request({ subtype: "rewind_conversation", target_message_uuid: uuid, last_seen_user_message_uuid: uuid });
    await request({ subtype: "set_model", model, system_prompt: LATTER.system });
    await ask(LATTER.question);
    return isLatterAlone(api.bodies.at(-1));
  },
};

export function isLatterAlone(body: unknown): boolean {
  if (!isJsonObject(body)) return false;
  const [system, messages] = [JSON.stringify(body.system ?? null), JSON.stringify(body.messages ?? null)];
  const isThere = system.includes(LATTER.system) && messages.includes(LATTER.question);
  const isAlone = [FORMER.system, FORMER.question, "local-command"].every(
    (text) => !(system + messages).includes(text),
  );
  return isThere && isAlone;
}

const OTHER_SERVER = "client-2";
/** As the CLI would never write it by itself. */
const EXACT = { name: LATTER.tool, description: "To the letter.", input_schema: { type: "object" }, strict: true };
const CALL = { id: "toolu_probe", name: LATTER.tool, input: {} };
const CALL_TIMEOUT_MS = 10_000;

const ToolsBody = lazyCheck(Type.Object({ tools: Type.Array(Type.Object({ name: Type.String() })) }));

/**
 * Whether a process of this CLI, in the middle of a conversation, takes other tools by a server of another name, and none of before is
 * left; takes the list of tools for the model to the letter (`CLAUDE_CODE_EXTRA_BODY`); and leaves a call of them to us.
 */
export const replacesTools: Script<boolean> = {
  name: "replacing tools",
  timeoutMs: 20_000,
  maxTries: 1,
  run: async ({ start, request, ask, api }) => {
    const process = start();
    const former = offer(process, FORMER.tool);
    await request({ subtype: "initialize", systemPrompt: ["system prompt"], ...former.initializeFields });
    await ask("first question");
    const latter = offer(process, LATTER.tool, OTHER_SERVER);
    await request({ subtype: "mcp_set_servers", servers: latter.servers });
    await ask("second question");
    const settings = {
      permissions: { allow: [`mcp__${OTHER_SERVER}`] },
      env: { CLAUDE_CODE_EXTRA_BODY: JSON.stringify({ tools: [EXACT] }) },
    };
    await request({ subtype: "apply_flag_settings", settings });
    let wasLeftToUs = false;
    latter.watch(() => {
      wasLeftToUs = latter.openCalls.has(CALL.id);
      latter.answer({ type: "tool-result", callId: CALL.id, content: [{ type: "text", text: "result" }] });
    });
    api.call = CALL;
    await ask("third question");
    return wasLeftToUs && areReplaced(api.bodies);
  },
};

/** Whether these requests offer the former tool alone, then the latter alone, and twice that to the letter. */
export function areReplaced(bodies: readonly unknown[]): boolean {
  const [before, after, ...exact] = bodies;
  return (
    offersOnly(before, FORMER.tool) &&
    offersOnly(after, LATTER.tool) &&
    exact.length === 2 &&
    exact.every((body) => ToolsBody.Check(body) && sameJson(body.tools, [EXACT]))
  );
}

function offer(process: CliProcess, name: string, server?: string): ClientTools {
  const tools = new ClientTools({
    tools: namedTools(new ToolNames([{ name }])),
    ...(server === undefined ? {} : { server }),
    callTimeoutMs: CALL_TIMEOUT_MS,
    respond: (requestId, response) => process.respond(requestId, response),
  });
  process.answerWith((asked) => tools.handle(asked));
  return tools;
}

function offersOnly(body: unknown, tool: string): boolean {
  if (!ToolsBody.Check(body)) return false;
  const names = body.tools.map(({ name }) => name).filter((name) => name !== DEFERRED);
  return sameJson(names, [tool]);
}
