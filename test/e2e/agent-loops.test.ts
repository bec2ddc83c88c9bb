import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { settlesCalls } from "../../src/claude/cli/version.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { blocks, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import { claudeVersion } from "../support/claude-version.ts";
import type { Harness } from "../support/harness.ts";
import { imageOf } from "../support/images.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";

// Loops as agents run them, each with the habits that were seen of it, on each wire: one process serves them from beginning to end, the
// prompt only grows, and what the model thought is never lost.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());

const SETTLES = settlesCalls(await claudeVersion());
const WIRES = ["chat", "responses", "messages"] as const;
type Wire = (typeof WIRES)[number];

/** Something that an agent says, or that is said to it, in words of no wire. */
type Said =
  | { readonly type: "system" | "user" | "answer"; readonly text: string }
  | { readonly type: "calls"; readonly calls: readonly Call[] }
  | {
      readonly type: "result";
      readonly id: string;
      readonly text: string;
      readonly failed?: boolean;
      readonly image?: string;
    };
type Call = { readonly id: string; readonly input: JsonObject };

type Habits = {
  /** What is sent with the n-th request beside the conversation. */
  readonly settings?: (n: number, wire: Wire) => object;
  /** How the agent tells a call again. */
  readonly again?: (call: Call) => Call;
  /** The results of a step's calls. */
  readonly results?: (calls: readonly Call[], n: number) => Said[];
  /** What stands behind the results, for good. */
  readonly behind?: (n: number) => Said[];
  /** What stands at the end of each request, and is gone from there in the next. */
  readonly volatile?: (n: number) => Said[];
  /** Whether it takes a CLI that can end a turn with its results. */
  readonly needsSettling?: boolean;
};

const limitOn = (wire: Wire, limit: number) =>
  wire === "chat"
    ? { max_completion_tokens: limit }
    : wire === "responses"
      ? { max_output_tokens: limit }
      : { max_tokens: limit };
const png = (await imageOf("image/png", 2100, 9)).toString("base64");
const seen = ({ id }: Call): Said => ({ type: "result", id, text: `seen by ${id}` });

const AGENTS: [string, Habits][] = [
  ["Codex, opencode: nothing but results", {}],
  [
    "Kimi: a limit that shrinks with every request",
    {
      settings: (n, wire) => limitOn(wire, 60_000 - n * 100),
      needsSettling: true,
    },
  ],
  [
    "Claude Code: failures, defaults filled in, reminders of its subagents",
    {
      again: (call) => ({ ...call, input: { replace_all: false, ...call.input } }),
      results: (calls, n) => calls.map((call) => ({ ...seen(call), ...(n === 0 ? { failed: true } : {}) }) as Said),
      behind: (n) => (n === 1 ? [{ type: "system", text: "The subagent is done." }] : []),
      needsSettling: true,
    },
  ],
  ["qwen: a limit beyond the model's own", { settings: (n, wire) => limitOn(wire, 200_000 - n * 100) }],
  [
    "OpenClaw: a context at the end of each request that moves, ids without their marks",
    {
      again: ({ id, input }) => ({ id: id.replace("_", ""), input }),
      volatile: (n) => [{ type: "user", text: `<context>step ${n}</context>` }],
      needsSettling: true,
    },
  ],
  [
    "qwen, Cline, Continue: empty results, and parts left out",
    {
      again: ({ id, input }) => ({
        id,
        input: Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null)),
      }),
      results: (calls, n) => calls.map((call) => (n === 1 ? { type: "result", id: call.id, text: "" } : seen(call))),
    },
  ],
  [
    "Kilo, Copilot, pi: screenshots, results in another order, some left out",
    {
      results: (calls, n) => {
        if (n === 0) return calls.map((call) => ({ ...seen(call), image: png }) as Said).toReversed();
        return calls.slice(0, 1).map(seen);
      },
    },
  ],
  [
    "whoever lets its user speak in between",
    { behind: (n) => [{ type: "user", text: `And ${n}?` }], needsSettling: true },
  ],
];

/** Each on one wire: a process knows of none. */
const LOOPS = AGENTS.map(([name, habits], index) => [name, WIRES[index % WIRES.length] ?? "chat", habits] as const);

/** Steps with calls: what is told again of the first is told of the second in the same way. */
const STEPS = 2;

let loops = 0;

describe("a loop stays in one process from beginning to end:", () => {
  test.each(LOOPS)("%s (%s)", async (_, wire, habits) => {
    if (habits.needsSettling && !SETTLES) return;
    const {
      settings = () => ({}),
      again = (call) => call,
      results = (calls) => calls.map(seen),
      behind,
      volatile,
    } = habits;
    const loop = ++loops;
    const said: Said[] = [
      { type: "system", text: `Loop ${loop}.` },
      { type: "user", text: "Go." },
    ];
    const prompts: string[] = [];
    const served: string[] = [];
    const ask = async (n: number) => {
      const before = app.simulator.requests.length;
      // Streamed, as for a question alone another process might be started.
      const body = { ...bodyOn(wire, [...said, ...(volatile?.(n) ?? [])]), ...settings(n, wire), stream: true };
      const response = await fetch(`${app.url}${PATHS[wire]}`, {
        method: "POST",
        headers: JSON_BODY,
        body: JSON.stringify(body),
      });
      expect([response.status, response.status === 200 || (await response.text())]).toEqual([200, true]);
      await response.arrayBuffer();
      const [request, ...more] = app.simulator.requests.slice(before);
      if (request === undefined || more.length > 0) throw new Error("it was not one request");
      expect(receivedSystem(request)).toBe(`Loop ${loop}.`);
      const turns = receivedTurns(request);
      prompts.push(JSON.stringify(turns).slice(0, -1));
      served.push(
        / debug served (.*)\n/.exec(app.log.findLast((line) => line.includes(" debug served ")) ?? "")?.[1] ?? "",
      );
      return turns;
    };

    for (let n = 0; n < STEPS; n++) {
      const calls = [0, 1].map((k): Call => ({ id: `toolu_loop${loop}step${n}call${k}`, input: { n, k, note: null } }));
      app.simulator.enqueue(
        blocks([thinkingBlock("Hm."), textBlock("So."), ...calls.map(({ id, input }) => toolUse(id, "look", input))]),
      );
      await ask(n);
      const told = calls.map(again);
      said.push(
        { type: "answer", text: "So." },
        { type: "calls", calls: told },
        ...results(told, n),
        ...(behind?.(n) ?? []),
      );
    }
    app.simulator.enqueue(text("Done."));
    const last = await ask(STEPS);
    // Each thought is there, which no client has told.
    expect(last.filter(({ content }) => content[0]?.type === "thinking")).toHaveLength(STEPS);
    // The prompt only grows.
    for (const [n, prompt] of prompts.slice(1).entries()) expect(prompt.startsWith(prompts[n] ?? "")).toBeTrue();
    const pids = new Set(served.map((line) => /pid=\d+/.exec(line)?.[0]));
    expect([pids.size, served.slice(1).map((line) => line.split(" ")[0])]).toEqual([
      1,
      Array(STEPS).fill("how=resume"),
    ]);
  });
});

const JSON_BODY = { "content-type": "application/json" };
const PATHS: Record<Wire, string> = {
  chat: "/v1/chat/completions",
  responses: "/v1/responses",
  messages: "/v1/messages",
};
const SCHEMA = { type: "object", properties: { n: { type: "number" } } };

function bodyOn(wire: Wire, said: readonly Said[]): object {
  const model = "claude-sonnet-4";
  switch (wire) {
    case "chat":
      return {
        model,
        tools: [{ type: "function", function: { name: "look", parameters: SCHEMA } }],
        messages: said.flatMap(asChat),
      };
    case "responses":
      return { model, tools: [{ type: "function", name: "look", parameters: SCHEMA }], input: said.flatMap(asItems) };
    case "messages": {
      const [first, ...rest] = said;
      const system = first?.type === "system" ? first.text : "";
      const messages = rest.map(asMessage);
      return { model, max_tokens: 60_000, system, tools: [{ name: "look", input_schema: SCHEMA }], messages };
    }
  }
}

function asChat(said: Said): object[] {
  switch (said.type) {
    case "calls": {
      const calls = said.calls.map(({ id, input }) => ({
        id,
        type: "function",
        function: { name: "look", arguments: JSON.stringify(input) },
      }));
      return [{ role: "assistant", content: null, tool_calls: calls }];
    }
    case "result": {
      const shown = said.image
        ? [{ type: "image_url", image_url: { url: `data:image/png;base64,${said.image}` } }]
        : [];
      return [
        {
          role: "tool",
          tool_call_id: said.id,
          content: shown.length > 0 ? [{ type: "text", text: said.text }, ...shown] : said.text,
        },
      ];
    }
    default:
      return [{ role: said.type === "answer" ? "assistant" : said.type, content: said.text }];
  }
}

function asItems(said: Said): object[] {
  switch (said.type) {
    case "calls":
      return said.calls.map(({ id, input }) => ({
        type: "function_call",
        call_id: id,
        name: "look",
        arguments: JSON.stringify(input),
      }));
    case "result": {
      const shown = said.image ? [{ type: "input_image", image_url: `data:image/png;base64,${said.image}` }] : [];
      const output = shown.length > 0 ? [{ type: "input_text", text: said.text }, ...shown] : said.text;
      return [{ type: "function_call_output", call_id: said.id, output }];
    }
    default:
      return [
        {
          role: said.type === "answer" ? "assistant" : said.type === "system" ? "developer" : said.type,
          content: said.text,
        },
      ];
  }
}

function asMessage(said: Said): object {
  switch (said.type) {
    case "calls":
      return {
        role: "assistant",
        content: said.calls.map(({ id, input }) => ({ type: "tool_use", id, name: "look", input })),
      };
    case "result": {
      const source = { type: "base64", media_type: "image/png", data: said.image };
      const content = said.image
        ? [
            { type: "text", text: said.text },
            { type: "image", source },
          ]
        : said.text;
      const result = { type: "tool_result", tool_use_id: said.id, content, is_error: said.failed === true };
      return { role: "user", content: [result] };
    }
    default:
      return { role: said.type === "answer" ? "assistant" : said.type, content: said.text };
  }
}
