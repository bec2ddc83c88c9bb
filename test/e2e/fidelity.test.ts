import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { text } from "../../src/simulator/reply.ts";
import { startSimulator } from "../../src/simulator/simulator.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";

// Whatever processes were used before, and for what: what the model is asked is exactly one client request, nothing of any
// other. Few different texts on purpose, so that conversations continue, branch and repeat each other all the time.

let app: Harness;
let upstream: ReturnType<typeof startSimulator>;
beforeAll(async () => {
  upstream = startSimulator({ responder: ({ body }) => text(`re: ${lastUserText(body.messages)}`) });
  app = await startHarness({ config: { warm: 2, anthropicBaseUrl: upstream.url } });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await upstream.close();
});

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
  system: fc.constantFrom("", "S"),
  history: fc.array(exchange, { maxLength: 3 }),
  question: word,
  maxTokens: fc.constantFrom(undefined, 1),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

function messagesOf({ system, history, question }: Request) {
  return [
    ...(system === "" ? [] : [{ role: "system", content: system }]),
    ...history.flatMap(({ question: asked, answer }) => [
      { role: "user", content: asked },
      { role: "assistant", content: answer === "edited" ? "edited" : `re: ${asked}` },
    ]),
    { role: "user", content: question },
  ];
}

/** A request in one comparable form, as the client sent it and as it arrived. */
function sent(request: Request) {
  const turns = messagesOf(request).filter(({ role }) => role !== "system");
  return JSON.stringify({
    system: request.system,
    model: request.model.split("-")[1],
    turns: turns.map(({ role, content }) => ({ role, content: [{ type: "text", text: content }] })),
  });
}

function arrived() {
  return upstream.requests.map((request) =>
    JSON.stringify({
      system: receivedSystem(request) ?? "",
      model: request.body.model.split("-")[1],
      turns: receivedTurns(request),
    }),
  );
}

test("each request to the model is exactly one client's request, in any order and two at a time", async () => {
  const batches = fc.array(fc.tuple(request, fc.option(request)), { minLength: 3, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(batches, async (sequence) => {
      for (const [first, second] of sequence) {
        const batch = second === null ? [first] : [first, second];
        const before = upstream.requests.length;
        await Promise.all(
          batch.map(async (request) => {
            const body = { model: request.model, messages: messagesOf(request), max_tokens: request.maxTokens };
            const answer = await app.ask(body);
            if (request.maxTokens === undefined) expect(answer).toBe(`re: ${request.question}`);
          }),
        );
        const asked = arrived()
          .slice(before)
          .filter((one) => !one.includes("Output token limit hit"));
        expect(asked.sort()).toEqual(batch.map(sent).sort());
      }
    }),
    { numRuns: 10 },
  );
}, 120_000);
