import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { anthropicMessagesRoutes } from "../../src/api/anthropic-messages/routes.ts";
import type { Treatment } from "../../src/api/fields/parameter.ts";
import { openaiChatRoutes } from "../../src/api/openai-chat/routes.ts";
import { openaiCompletionsRoutes } from "../../src/api/openai-completions/routes.ts";
import { EventLogs } from "../../src/api/openai-responses/background/event-log.ts";
import { BackgroundRuns } from "../../src/api/openai-responses/background/runs.ts";
import { openaiResponsesRoutes } from "../../src/api/openai-responses/routes.ts";
import { MemoryResponseStore } from "../../src/api/openai-responses/store/memory-store.ts";
import { isNode } from "../../src/api/validation/schema-words.ts";
import { ENDPOINTS, type Endpoint } from "../support/parameters/endpoints.ts";
import { ignoredPlaces } from "../support/parameters/ignored-places.ts";
import { STORED_ID } from "../support/parameters/responses.ts";
import { openSocket } from "../support/socket.ts";
import { FINISH, HELLO, listenWith, play, playing, START, stopServers } from "./openai-chat/chat-server.ts";
import { stored } from "./openai-responses/store/stored.ts";

// Every row of every table, sent to a server that is strict and to one that is not, both in front of a backend that plays events.

const { asked, backend } = playing(play(START, ...HELLO, FINISH));
const lenient = serve(false);
const strict = serve(true);
afterAll(stopServers);

function serve(strict: boolean): string {
  const options = { backend, strict };
  const store = new MemoryResponseStore();
  store.put(stored(STORED_ID));
  const eventLogs = new EventLogs();
  eventLogs.open(STORED_ID).append([{ type: "response.created", sequence_number: 0 }]);
  eventLogs.end(STORED_ID);
  return listenWith(
    backend,
    openaiChatRoutes(options),
    openaiCompletionsRoutes(options),
    openaiResponsesRoutes({ ...options, store, background: new BackgroundRuns(eventLogs) }),
    anthropicMessagesRoutes(options),
  ).url;
}

type Answer = {
  readonly status: number;
  /** What the response header names. */
  readonly ignored: string | null;
  /** The field that an error is about. Anthropic's errors say it in their message alone. */
  readonly param: unknown;
  readonly message: unknown;
  /** What the model was asked. */
  readonly requests: readonly unknown[];
};

function request(server: string, { path, method, plain }: Endpoint, fields: object): Promise<Response> {
  const all = Object.entries({ ...plain, ...fields });
  if (method === "GET") {
    const query = new URLSearchParams();
    for (const [name, value] of all) if (value !== null) query.append(name, String(value));
    return fetch(`${server}${path}?${query}`);
  }
  const headers = { "content-type": "application/json" };
  return fetch(`${server}${path}`, { method: "POST", headers, body: JSON.stringify(Object.fromEntries(all)) });
}

/** What comes of a message on a WebSocket, as an answer by HTTP would have it. */
async function sendOnSocket(server: string, { plain }: Endpoint, fields: object): Promise<Omit<Answer, "requests">> {
  const socket = await openSocket(server);
  const { status = 200, error } = await socket.create({ ...plain, ...fields });
  socket.close();
  const ignored = socket.events[0]?.headers?.["x-claude-max-api-ignored"] ?? null;
  return { status, ignored, param: error?.param, message: error?.message };
}

async function send(server: string, endpoint: Endpoint, fields: object): Promise<Answer> {
  const before = asked.length;
  // How it steers sampling is told to the backend, which knows for which model that has an effect.
  const askedSince = () => asked.slice(before).map(({ request: { sampling: _, ...request } }) => request);
  if (endpoint.method === "WebSocket") {
    return { ...(await sendOnSocket(server, endpoint, fields)), requests: askedSince() };
  }
  const response = await request(server, endpoint, fields);
  const body = await response.text();
  const answer: unknown = response.status === 200 ? {} : JSON.parse(body);
  const error = isNode(answer) && isNode(answer.error) ? answer.error : {};
  return {
    status: response.status,
    ignored: response.headers.get("x-claude-max-api-ignored"),
    param: error.param,
    message: error.message,
    requests: askedSince(),
  };
}

const fieldsOf = ({ parameters }: Endpoint, ...treatments: Treatment[]) =>
  Object.keys(parameters).filter((field) => treatments.some((each) => each === parameters[field]?.treatment));

/** A field with its sample. */
const sampleOf = ({ samples }: Endpoint, field: string) => ({
  ...samples[field]?.beside,
  [field]: samples[field]?.value,
});

/** The same for each field, by its name, so that a difference tells which it is. */
async function ofEach<T>(fields: readonly string[], look: (field: string) => Promise<T>) {
  const entries: [string, T][] = [];
  for (const field of fields) entries.push([field, await look(field)]);
  return Object.fromEntries(entries);
}

/** The answers to refused fields. The path may lead further in, as in modalities[0]: told is the field. */
async function refusalsOf(server: string, endpoint: Endpoint, fields: readonly string[]) {
  return await ofEach(fields, async (field) => {
    const { param, ...rest } = await send(server, endpoint, sampleOf(endpoint, field));
    return { ...rest, param: typeof param === "string" ? /^\w+/.exec(param)?.[0] : undefined };
  });
}

const expectedOf = <T>(fields: readonly string[], expected: (field: string) => T) =>
  Object.fromEntries(fields.map((field) => [field, expected(field)]));

describe.each(ENDPOINTS.map((endpoint) => [endpoint.title, endpoint] as const))("%s", (_, endpoint) => {
  const isAnthropic = endpoint.path.startsWith("/v1/messages");
  const named = (field: string) => ({
    status: 400,
    param: isAnthropic ? undefined : field,
    message: expect.stringContaining(field),
    requests: [],
    ignored: null,
  });

  test("every field has a sample, and every sample is of a field", () => {
    expect(Object.keys(endpoint.samples).sort()).toEqual(Object.keys(endpoint.parameters).sort());
    expect(Object.keys(endpoint.samples).filter((field) => endpoint.samples[field]?.value == null)).toEqual([]);
  });

  test("the table explains each field in sentences", () => {
    expect(Object.entries(endpoint.parameters).filter(([, { note }]) => !/^[^|]+\.$/.test(note))).toEqual([]);
  });

  test("every ignored field is accepted, asks the model for nothing else, is named in the header, and is a 400 when strict", async () => {
    const fields = fieldsOf(endpoint, "ignored");
    const { requests } = await send(lenient, endpoint, {});
    expect(requests).toHaveLength(endpoint.asksNoModel ? 0 : 1);
    expect(await ofEach(fields, (field) => send(lenient, endpoint, sampleOf(endpoint, field)))).toEqual(
      expectedOf(fields, (ignored) => ({ status: 200, ignored, requests, param: undefined, message: undefined })),
    );
    expect(await ofEach(fields, (field) => send(strict, endpoint, sampleOf(endpoint, field)))).toEqual(
      expectedOf(fields, named),
    );
  });

  test("every refused field is a 400 that names it, and asks no model", async () => {
    const fields = fieldsOf(endpoint, "refused");
    for (const server of [lenient, strict]) {
      expect(await refusalsOf(server, endpoint, fields)).toEqual(expectedOf(fields, named));
    }
  });

  test("no other field is named, also when strict", async () => {
    const fields = fieldsOf(endpoint, "honoured", "approximated");
    for (const server of [lenient, strict]) {
      const answers = await ofEach(fields, async (field) => {
        const { status, ignored, message } = await send(server, endpoint, sampleOf(endpoint, field));
        return { status, ignored, message };
      });
      expect(answers).toEqual(expectedOf(fields, () => ({ status: 200, ignored: null, message: undefined })));
    }
  });

  test("the usual value of an ignored field, and null, ask for nothing", async () => {
    const fields = fieldsOf(endpoint, "ignored");
    const usual = Object.fromEntries(fields.map((field) => [field, endpoint.parameters[field]?.neutral ?? null]));
    expect(await send(strict, endpoint, usual)).toMatchObject({ status: 200, ignored: null });
  });

  const WRONG = { number: "hot", boolean: "maybe", string: { a: 1 }, object: "a" } as const;
  const SPELT = { number: "0.5", boolean: "false", string: "a", object: { a: "1" } } as const;

  test("an ignored field of another type is a 400 that names it, and asks no model; one in other words is taken", async () => {
    const fields = Object.keys(endpoint.parameters).filter((field) => endpoint.parameters[field]?.takes !== undefined);
    const typeOf = (field: string) => endpoint.parameters[field]?.takes ?? "object";
    expect(await ofEach(fields, (field) => send(lenient, endpoint, { [field]: WRONG[typeOf(field)] }))).toEqual(
      expectedOf(fields, named),
    );
    for (const field of fields) {
      const { status, ignored } = await send(lenient, endpoint, { [field]: SPELT[typeOf(field)] });
      // In other words it may well be the usual value, which is not named.
      expect([field, status, ignored ?? field]).toEqual([field, 200, field]);
    }
  });

  test("every place within other fields that has no effect is named by its path, and is a 400 when strict", async () => {
    const named = new Set<string>();
    for (const body of endpoint.within) {
      const { status, ignored } = await send(lenient, endpoint, body);
      expect(status).toBe(200);
      for (const place of ignored?.split(",") ?? []) named.add(place);
      expect((await send(strict, endpoint, body)).status).toBe(400);
    }
    expect([...named].sort()).toEqual(
      ignoredPlaces(endpoint.schema)
        .map(({ place }) => place)
        .sort(),
    );
  });

  test("of any ignored fields, streamed or not, the header names all, in the order they were sent", async () => {
    const mayStream = !endpoint.asksNoModel && endpoint.parameters.stream?.treatment !== "ignored";
    const some = fc.shuffledSubarray(fieldsOf(endpoint, "ignored"), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(some, fc.boolean(), async (fields, stream) => {
        const sent = {
          ...(mayStream ? { stream } : {}),
          ...Object.fromEntries(fields.map((field) => [field, endpoint.samples[field]?.value])),
        };
        expect((await send(lenient, endpoint, sent)).ignored).toBe(fields.join(","));
        const refusal = await send(strict, endpoint, sent);
        expect([refusal.status, refusal.requests]).toEqual([400, []]);
        expect(refusal.message).toContain(`no effect: ${fields.join(", ")}.`);
      }),
      { numRuns: 8 },
    );
  });
});
