import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { text } from "../../src/simulator/reply.ts";
import { anyDialect, DialectClient, type Message } from "../support/dialect-client.ts";
import { fidelityLimitMs, fidelityRuns } from "../support/fidelity-runs.ts";
import type { Harness } from "../support/harness.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";

// Whatever processes were used before, and for what, and in which dialect: what the model is asked is exactly one client request,
// nothing of any other. Few different texts on purpose, so that conversations continue, branch and repeat each other all the time.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness({ responder: ({ body }) => text(`re: ${lastUserText(body.messages)}`) });
});
afterAll(() => app[Symbol.asyncDispose]());

function lastUserText(messages: readonly { role: string; content: unknown }[]): string {
  const last = messages.findLast(({ role }) => role === "user");
  const content = last?.content;
  if (typeof content === "string") return content;
  return Array.isArray(content) ? String(content.at(-1)?.text) : "";
}

const word = fc.constantFrom("a", "b", "/clear", "@/etc/hostname");
const exchange = fc.record({ question: word, answer: fc.constantFrom("as it was", "edited") });
const request = fc.record({
  model: fc.constantFrom("claude-sonnet-4", "claude-haiku-4"),
  // A process that had one serves none without: each change between these would start another.
  system: fc.oneof(
    { weight: 3, arbitrary: fc.constant("S") },
    { weight: 3, arbitrary: fc.constant("T") },
    fc.constant(""),
  ),
  history: fc.array(exchange, { maxLength: 3 }),
  question: word,
  maxTokens: fc.constantFrom(undefined, 1),
  dialect: anyDialect,
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

function messagesOf({ system, history, question }: Request): Message[] {
  return [
    ...(system === "" ? [] : [{ role: "system", content: system }]),
    ...history.flatMap(({ question: asked, answer }) => [
      { role: "user", content: asked },
      { role: "assistant", content: answer === "edited" ? "edited" : `re: ${asked}` },
    ]),
    { role: "user", content: question },
  ];
}

/** What the model is to be asked, in one comparable form: as the client sent it and as it arrived. */
function wanted({ model, system }: Request, messages: readonly Message[]) {
  const turns = messages.filter(({ role }) => role !== "system");
  return JSON.stringify({
    system,
    model: model.split("-")[1],
    turns: turns.map(({ role, content }) => ({ role, content: [{ type: "text", text: content }] })),
  });
}

/** Asks, and returns what the model is to be asked for it. */
async function ask(request: Request): Promise<string[]> {
  const { model, maxTokens, dialect, question } = request;
  const client = new DialectClient(app.url);
  const messages = messagesOf(request);
  const asked: string[] = [];
  if (dialect === "chain") {
    // There is no chain before there are answers to go on from, each of which is asked for.
    const system = messages.filter(({ role }) => role === "system");
    const said: Message[] = [];
    for (const { question: content } of request.history) {
      said.push({ role: "user", content });
      asked.push(wanted(request, said));
      said.push(await client.ask(dialect, { model, messages: [...system, ...said] }));
    }
    messages.splice(0, messages.length, ...system, ...said, { role: "user", content: question });
  }
  const { content } = await client.ask(dialect, { model, messages, max_tokens: maxTokens });
  if (maxTokens === undefined) expect(content).toBe(`re: ${question}`);
  return [...asked, wanted(request, messages)];
}

function arrived() {
  return app.simulator.requests.map((request) =>
    JSON.stringify({
      system: receivedSystem(request) ?? "",
      model: request.body.model.split("-")[1],
      turns: receivedTurns(request),
    }),
  );
}

test(
  "each request to the model is exactly one client's request, in any order and two at a time",
  async () => {
    const batches = fc.array(fc.tuple(request, fc.option(request)), { minLength: 4, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(batches, async (sequence) => {
        for (const [first, second] of sequence) {
          const batch = second === null ? [first] : [first, second];
          const before = app.simulator.requests.length;
          const sent = (await Promise.all(batch.map(ask))).flat();
          const asked = arrived()
            .slice(before)
            .filter((one) => !one.includes("Output token limit hit"));
          expect(asked.sort()).toEqual(sent.sort());
        }
      }),
      { numRuns: fidelityRuns(1), endOnFailure: true },
    );
  },
  fidelityLimitMs(120_000),
);
