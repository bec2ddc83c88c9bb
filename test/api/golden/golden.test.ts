import { afterAll, describe, expect, test } from "bun:test";
import { EVENT_STREAMS, type EventStream } from "../../fixtures/chat-events.ts";
import { stopServers } from "../openai-chat/chat-server.ts";
import { ACCUMULATORS, isFailure } from "./accumulated.ts";
import { answering } from "./answers.ts";
import { DIALECTS } from "./dialects.ts";
import { asText, keptAnswers, keptNames } from "./golden-file.ts";

// The same events, told by every dialect, to the letter. What a dialect says in a way of its own is seen best by reading the files.

const ask = answering();
afterAll(stopServers);

describe.each(Object.entries(DIALECTS))("%s", (name, dialect) => {
  const streams = Object.entries(EVENT_STREAMS).filter(([, { asksFor }]) => !asksFor || dialect.wishes[asksFor]);
  const { accumulate, comparable = (whole) => whole, except = [] } = ACCUMULATORS[name] ?? expect.unreachable();
  const fails = ({ events }: EventStream) => events.at(-1)?.type === "error";

  test.each(streams)("tells %s as it is kept", async (kind, stream) => {
    const now = asText(await ask(dialect, stream));
    expect(now).toBe(keptAnswers(name, kind, now));
  });

  test("has nothing kept that is not told any more", () => {
    const wanted = streams.map(([kind]) => kind).sort();
    expect(keptNames(name, wanted)).toEqual(wanted);
  });

  test.each(streams.filter(([kind, stream]) => !fails(stream) && !except.includes(kind)))(
    "the official SDK makes of %s, streamed, the answer in one piece",
    async (_, stream) => {
      const { streamed, whole } = await ask(dialect, stream);
      expect(await accumulate(streamed)).toEqual(comparable(JSON.parse(whole.body)));
    },
  );

  test.each(streams.filter(([, stream]) => fails(stream)))(
    "the official SDK takes %s, streamed, for a failure",
    async (_, stream) => {
      const { streamed } = await ask(dialect, stream);
      expect(await accumulate(streamed).catch((error: unknown) => error)).toSatisfy(isFailure);
    },
  );
});
