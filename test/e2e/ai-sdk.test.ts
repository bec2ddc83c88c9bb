import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, isStepCount, type LanguageModel, type ModelMessage, streamText, tool } from "ai";
import { z } from "zod";
import { OLDEST_SUPPORTED_VERSION } from "../../src/claude/cli/version.ts";
import { blocks, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import { claudeVersion } from "../support/claude-version.ts";
import type { Harness } from "../support/harness.ts";
import { receivedTurns } from "../support/received.ts";
import { PAGE, SEARCHED, searched } from "../support/searches.ts";
import { shareHarness } from "../support/shared-harness.ts";

// The AI SDK writes what it was told anew before it sends that back, each of its providers in another way.

const MODEL = "claude-sonnet-4";
/** The oldest CLI forgets what its own texts rest on, and is told its answer again: as far as the client has kept it. */
const isToldAgain = (await claudeVersion()) === OLDEST_SUPPORTED_VERSION;

type Search = NonNullable<Parameters<typeof generateText>[0]["tools"]>;
type Options = NonNullable<Parameters<typeof generateText>[0]["providerOptions"]>;
type Wire = {
  readonly model: LanguageModel;
  readonly options: Options;
  /** How the model's own search is asked for: by a tool of the provider's, or by a field. */
  readonly search: { readonly tools?: Search; readonly options?: Options };
};

let app: Harness;
let wires: ReadonlyMap<string, Wire>;
beforeAll(async () => {
  globalThis.AI_SDK_LOG_WARNINGS = false;
  app = await shareHarness();
  const connection = { baseURL: `${app.url}/v1`, apiKey: "any" };
  const openai = createOpenAI(connection);
  const anthropic = createAnthropic(connection);
  const compatible = createOpenAICompatible({
    ...connection,
    name: "ours",
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
  const reasoning = { forceReasoning: true, reasoningSummary: "auto" };
  const search = { tools: { web_search: openai.tools.webSearch() } };
  wires = new Map<string, Wire>([
    ["responses", { model: openai(MODEL), options: { openai: { ...reasoning, store: false } }, search }],
    [
      "messages",
      {
        model: anthropic(MODEL),
        options: { anthropic: { thinking: { type: "adaptive" } } },
        search: { tools: { web_search: anthropic.tools.webSearch_20250305({ maxUses: 5 }) } },
      },
    ],
    [
      "compatible",
      { model: compatible(MODEL), options: {}, search: { options: { ours: { web_search_options: {} } } } },
    ],
  ]);
});
afterEach(() => app.simulator.clearQueue());
afterAll(() => app[Symbol.asyncDispose]());

const wireOf = (name: string) => wires.get(name) ?? expect.unreachable();
const called = (name: string, options: Options = wireOf(name).options) => ({
  model: wireOf(name).model,
  providerOptions: options,
  maxOutputTokens: 4000,
  maxRetries: 0,
});
const said = (content: string) => ({ role: "user" as const, content: [{ type: "text", text: content }] });

/** What the model was asked since `before`, none of which was refused. */
function askedSince(before: number) {
  const requests = app.simulator.requests.slice(before);
  expect(requests.flatMap(({ refusal }) => refusal?.message ?? [])).toEqual([]);
  return requests;
}
const lastTurns = () => receivedTurns(app.simulator.requests.at(-1) ?? expect.unreachable());

/** A function that the SDK runs itself. */
const lookTool = () =>
  tool({
    description: "Looks.",
    inputSchema: z.object({ n: z.number() }),
    execute: async ({ n }) => `seen ${n}`,
  });

describe("what was thought goes through a loop of calls and into the next question", () => {
  // To a process that never knew it: restore.test.ts. What else is sent back, and objects by a schema: test/api/ai-sdk.test.ts. OpenAI's own provider of chats reads
  // no thinking: there the process keeps it, as agent-loops.test.ts shows.
  test.each(["responses", "messages", "compatible"])("%s", async (name) => {
    const before = app.simulator.requests.length;
    const id = name.replace(" ", "_");
    app.simulator.enqueue(
      blocks([thinkingBlock("First."), textBlock("Let me see."), toolUse(`toolu_${id}_1`, "look", { n: 1 })]),
      blocks([thinkingBlock("Second."), toolUse(`toolu_${id}_2`, "look", { n: 2 })]),
      text("Done.", { thinking: "Third." }),
      text("Yes."),
    );
    const look = lookTool();
    const messages: ModelMessage[] = [{ role: "user", content: `Look around, ${name}.` }];
    const answer = streamText({ ...called(name), messages, tools: { look }, stopWhen: isStepCount(4) });
    expect(await answer.text).toBe("Done.");
    const steps = await answer.steps;
    expect(steps.map(({ reasoningText }) => reasoningText)).toEqual(["First.", "Second.", "Third."]);
    expect(steps.flatMap(({ warnings }) => warnings ?? [])).toEqual([]);
    expect((await answer.usage).outputTokenDetails.reasoningTokens).toBeGreaterThan(0);

    messages.push(...(await answer.responseMessages), { role: "user", content: "Sure?" });
    // Streamed as well: this SDK's tools for Anthropic's API say so, and what was thought belongs to the tools that it was thought beside.
    const next = streamText({ ...called(name), messages, tools: { look } });
    expect([await next.text, await next.warnings]).toEqual(["Yes.", []]);
    expect(askedSince(before)).toHaveLength(4);
    const thought = (thinking: string) => ({ type: "thinking", thinking, signature: expect.any(String) });
    const result = (n: number) => ({
      role: "user",
      content: [{ type: "tool_result", tool_use_id: `toolu_${id}_${n}` }],
    });
    expect(lastTurns()).toMatchObject([
      said(`Look around, ${name}.`),
      {
        role: "assistant",
        content: [thought("First."), { type: "text", text: "Let me see." }, { type: "tool_use", input: { n: 1 } }],
      },
      result(1),
      { role: "assistant", content: [thought("Second."), { type: "tool_use", input: { n: 2 } }] },
      result(2),
      { role: "assistant", content: [thought("Third."), { type: "text", text: "Done." }] },
      said("Sure?"),
    ]);
  });
});

describe("the model's own search is told with its pages, and is remembered in the next question", () => {
  const { url, title } = PAGE;
  // The provider for compatible services reads no annotations. By chats, and what is stored: web-search.test.ts.
  test.each<[string, object[], object[], boolean]>([
    ["responses", [{ url }], [{ source: { url, title }, startIndex: 14, endIndex: 22 }], false],
    ["messages", [{ url, title }], [{ source: { url, title }, citedText: "Sunny" }], true],
    ["compatible", [], [], false],
  ])("%s", async (name, sources, citations, isKept) => {
    const before = app.simulator.requests.length;
    app.simulator.enqueue(searched(), text("Rainy."));
    const { search, options } = wireOf(name);
    const asking = { ...called(name, { ...options, ...search.options }), tools: search.tools };
    const messages: ModelMessage[] = [{ role: "user", content: `Weather, ${name}?` }];
    const answer = streamText({ ...asking, messages });
    expect((await answer.text).replaceAll("\n\n", "")).toBe("I look that up.In Rome it is sunny 😀, they say.");
    expect<unknown>(await answer.sources).toMatchObject(sources);
    const content = await answer.content;
    expect<unknown>(content.flatMap((part) => (part.type === "text" ? (part.citations ?? []) : []))).toMatchObject(
      citations,
    );
    const offered = { type: "web_search_20250305", name: "web_search", max_uses: 5 };
    expect(askedSince(before)[0]?.body.tools).toEqual([offered]);

    messages.push(...(await answer.responseMessages), { role: "user", content: "And in Oslo?" });
    expect((await generateText({ ...asking, messages })).text).toBe("Rainy.");
    expect(askedSince(before)).toHaveLength(2);
    const [question, remembered, ...rest] = lastTurns();
    expect([question, ...rest]).toEqual([said(`Weather, ${name}?`), said("And in Oslo?")]);
    const texts = remembered?.content.map((block) => block.text ?? "").join("") ?? "";
    expect(texts.replaceAll("\n\n", "")).toBe("I look that up.In Rome it is sunny 😀, they say.");
    if (isKept || !isToldAgain) expect<unknown>(remembered?.content).toEqual(SEARCHED);
  });
});
