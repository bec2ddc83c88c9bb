// @ts-nocheck: it runs with the newest packages, which are not installed here.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";

const { BASE_URL, API_KEY: apiKey, MODEL, WIRE, FIRST, SECOND, THIRD } = process.env;
const [node, script, served] = process.argv;
const callsFile = served ?? `${script}.calls`;
const description = "Adds two numbers";

const addUp = ({ a, b }) => {
  appendFileSync(callsFile, `${JSON.stringify([a, b])}\n`);
  return String(a + b);
};

if (served !== undefined) {
  // promptfoo started this script, as a server of tools.
  const server = new McpServer({ name: "adding", version: "1" });
  const inputSchema = { a: z.number(), b: z.number() };
  server.registerTool("add", { description, inputSchema }, (input) => ({
    content: [{ type: "text", text: addUp(input) }],
  }));
  await server.connect(new StdioServerTransport());
} else {
  writeFileSync(callsFile, "");
  await ask();
}

async function ask() {
  // Slow to load, which the server of tools need not be.
  const { evaluate } = await import("promptfoo");
  const { answered, rounds, ...provider } = wires()[WIRE]();
  // The conversation is given to prompts in which a template would name it.
  const prompt = ({ vars: { _conversation, question } }) => {
    // {{ _conversation }}
    const last = _conversation.at(-1);
    const before = last ? [...last.prompt, ...answered(last.output)] : [];
    return isCalled(before.at(-1)) ? before : [...before, { role: "user", content: question }];
  };
  const run = (questions, options) =>
    evaluate(
      { providers: [provider], prompts: [prompt], tests: questions.map((question) => ({ vars: { question } })) },
      { cache: false, maxConcurrency: 1, ...options },
    );
  const outputs = async (evaluation) => {
    const { results } = await evaluation.toEvaluateSummary();
    return results.map(({ response, error }) => response?.output ?? error);
  };
  // What is said where a result goes back is not sent.
  const all = await outputs(await run([FIRST, SECOND].flatMap((question) => Array(rounds).fill(question))));
  const texts = all.filter((_, index) => index % rounds === rounds - 1);
  const calls = readFileSync(callsFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

  const stop = new AbortController();
  const last = run([THIRD], { abortSignal: stop.signal });
  const seen = await beginning();
  stop.abort();
  // The others know no signal: there an answer is given up as by Ctrl-C, by leaving.
  if (WIRE === "responses") await last;
  console.log(JSON.stringify({ texts, calls, seen }));
  if (WIRE !== "responses") process.exit();
}

/** promptfoo streams nothing, so that what has come of the answer is known to the server alone. */
async function beginning() {
  for (;;) {
    const { running } = await (await fetch(`${BASE_URL}/usage`)).json();
    const characters = running[0]?.characters ?? 0;
    if (characters > 0) return `${characters} characters`;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isCalled(message) {
  return message?.role === "tool" || message?.type === "function_call_output";
}

/** Of each its provider, what its output comes to as messages, and how many of these a question with a call takes. */
function wires() {
  const type = "object";
  const parameters = { type, properties: { a: { type: "number" }, b: { type: "number" } }, required: ["a", "b"] };
  const add = { name: "add", description, parameters };
  return {
    chat: () => ({
      id: `openai:chat:${MODEL}`,
      config: { apiBaseUrl: BASE_URL, apiKey, tools: [{ type: "function", function: add }] },
      rounds: 2,
      answered: (output) => {
        if (typeof output === "string") return [{ role: "assistant", content: output }];
        const resultOf = ({ id, function: { arguments: json } }) => ({
          ...{ role: "tool", tool_call_id: id, content: addUp(JSON.parse(json)) },
        });
        return [output, ...output.tool_calls.map(resultOf)];
      },
    }),
    responses: () => ({
      id: `openai:responses:${MODEL}`,
      config: { apiBaseUrl: BASE_URL, apiKey, tools: [{ type: "function", ...add }] },
      rounds: 2,
      answered: (output) =>
        output.split("\n").flatMap((line) => {
          if (!line.startsWith("{")) return [{ role: "assistant", content: line }];
          const call = JSON.parse(line);
          const result = addUp(JSON.parse(call.arguments));
          return [call, { type: "function_call_output", call_id: call.call_id, output: result }];
        }),
    }),
    // The one that gives results back by itself, those of MCP servers.
    messages: () => ({
      id: `anthropic:messages:${MODEL}`,
      config: {
        apiBaseUrl: BASE_URL.replace(/\/v1$/, ""),
        apiKey,
        mcp: { enabled: true, server: { name: "adding", command: node, args: [script, callsFile] } },
      },
      rounds: 1,
      answered: (output) => [{ role: "assistant", content: output }],
    }),
  };
}
