// @ts-nocheck: it runs with the newest packages, which are not installed here.
import { createRequire } from "node:module";
import { join } from "node:path";

const { BASE_URL, API_KEY: apiKey, MODEL, WIRE, FIRST, SECOND, THIRD } = process.env;
// n8n's packages are CommonJS.
const require = createRequire(import.meta.url);
const { DynamicStructuredTool } = require("@langchain/core/tools");
const { ExecutionLifecycleHooks, WorkflowExecute } = require("n8n-core");
const { Workflow } = require("n8n-workflow");
const { z } = require("zod");

const calls = [];
const addUp = ({ a, b }) => {
  calls.push([a, b]);
  return String(a + b);
};
/** A tool, as a node of n8n's: the agent is told of it by `supplyData`, and n8n runs it by `execute`. */
const add = {
  description: { name: "add", group: [], version: 1, inputs: [], outputs: ["ai_tool"], properties: [] },
  async supplyData() {
    const schema = z.object({ a: z.number(), b: z.number() });
    const tool = { name: "add", description: "Adds two numbers", schema, func: addUp };
    return { response: new DynamicStructuredTool(tool) };
  },
  async execute() {
    return [[{ json: { sum: addUp(this.getInputData()[0].json) } }]];
  },
};

const load = (path) => {
  const [Node] = Object.values(require(join(import.meta.dirname, "node_modules", path)));
  return new Node({});
};
const ai = "@n8n/n8n-nodes-langchain/dist/nodes";
const isMessages = WIRE === "messages";
const types = {
  trigger: load("n8n-nodes-base/dist/nodes/ManualTrigger/ManualTrigger.node.js"),
  agent: load(`${ai}/agents/Agent/V3/AgentV3.node.js`),
  model: load(`${ai}/llms/${isMessages ? "LMChatAnthropic/LmChatAnthropic" : "LMChatOpenAi/LmChatOpenAi"}.node.js`),
  memory: load(`${ai}/memory/MemoryBufferWindow/MemoryBufferWindow.node.js`),
  add,
};
const credential = isMessages ? "anthropicApi" : "openAiApi";
const url = isMessages ? BASE_URL.replace(/\/v1$/, "") : BASE_URL;

/** What a user sets in the nodes. */
const parameters = (text) => ({
  trigger: {},
  agent: { promptType: "define", text },
  model: { model: { __rl: true, mode: "id", value: MODEL }, responsesApiEnabled: WIRE === "responses" },
  memory: { sessionIdType: "customKey", sessionKey: "one" },
  add: {},
});

function workflowFor(text) {
  const nodes = Object.entries(parameters(text)).map(([name, parameters]) => ({
    ...{ id: name, name, type: name, position: [0, 0], parameters },
    typeVersion: [types[name].description.version].flat().at(-1),
    ...(name === "model" ? { credentials: { [credential]: { id: "1", name: "ours" } } } : {}),
  }));
  const toAgent = (type) => ({ [type]: [[{ node: "agent", type, index: 0 }]] });
  const connections = {
    trigger: toAgent("main"),
    model: toAgent("ai_languageModel"),
    memory: toAgent("ai_memory"),
    add: toAgent("ai_tool"),
  };
  const nodeTypes = { getByNameAndVersion: (name) => types[name] };
  return new Workflow({ id: "1", active: false, settings: { executionOrder: "v1" }, nodeTypes, nodes, connections });
}

/** Runs a workflow as n8n's editor does. With `onChunk`, as its chat does, which streams. */
function run(text, onChunk) {
  const hooks = new ExecutionLifecycleHooks("manual", "1", { id: "1" });
  if (onChunk) hooks.addHandler("sendChunk", onChunk);
  const around = {
    hooks,
    streamingEnabled: onChunk !== undefined,
    credentialsHelper: { isCredentialUsableByNode: () => true, getDecrypted: async () => ({ apiKey, url }) },
    executionId: "1",
    currentNodeExecutionIndex: 0,
    variables: {},
    webhookWaitingBaseUrl: BASE_URL,
    formWaitingBaseUrl: BASE_URL,
    logAiEvent() {},
  };
  return new WorkflowExecute(around, "manual").run({ workflow: workflowFor(text) });
}

const outputOf = ({ data: { resultData } }) => {
  if (resultData.error) throw resultData.error;
  return resultData.runData.agent.at(-1).data.main[0][0].json.output;
};
const texts = [outputOf(await run(FIRST)), outputOf(await run(SECOND, () => {}))];

let seen = "";
const execution = run(THIRD, ({ type, content }) => {
  if (type !== "item" || content === "") return;
  seen += content;
  execution.cancel();
});
await execution;
console.log(JSON.stringify({ texts, calls, seen }));
