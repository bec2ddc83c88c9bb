import { beforeAll, expect, test } from "bun:test";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { blocks, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import { type RunningBinary, requestsDuring, sharedBinary } from "../support/binary.ts";
import { receivedTurns } from "../support/received.ts";

// Structured output by the SDK's zod helpers, through the built binary: as text that the API holds to the schema, and, where that has more
// than the API keeps, by a tool of the CLI's.

let app: RunningBinary;
beforeAll(async () => {
  app = await sharedBinary();
});

const MODEL = "claude-sonnet-4";
const ask = (content: string) => [{ role: "user" as const, content }];
const during = (work: () => Promise<unknown>) => requestsDuring(app.simulator, work);
const completions = () => app.client.chat.completions;
const output = (value: Record<string, unknown>, id: string) => toolUse(id, "StructuredOutput", value);

const Place = z.object({ name: z.string(), country: z.string().nullable() });
const Trip = z.object({
  title: z.string(),
  days: z.number().int(),
  mood: z.enum(["calm", "wild"]),
  places: z.array(Place),
});
const TRIP = { title: "South", days: 2, mood: "calm", places: [{ name: "Rome", country: null }] };
const FORMAT = zodResponseFormat(Trip, "trip");
/** Refers to itself, which zod writes by reference. */
const Stop = z.object({
  name: z.string(),
  get stops() {
    return z.array(Stop);
  },
});
/** With a limit that the API does not keep, and stops that have stops. */
const CheckedTrip = Trip.extend({ days: z.number().int().min(1), stops: z.array(Stop) });
const CHECKED_TRIP = { ...TRIP, stops: [{ name: "Rome", stops: [{ name: "Ostia", stops: [] }] }] };
const CHECKED = zodResponseFormat(CheckedTrip, "trip");

test("parse(): the API is given zod's schema, and the SDK gives what zod parsed of each choice", async () => {
  app.simulator.enqueue(...[TRIP, { ...TRIP, title: "North" }].map((trip) => text(JSON.stringify(trip))));
  const params = { model: MODEL, messages: ask("Plan."), response_format: FORMAT, n: 2 };
  const [request, ...others] = await during(async () => {
    const { choices } = await completions().parse(params);
    expect(choices.map(({ message }) => message.parsed?.title).sort()).toEqual(["North", "South"]);
    expect(choices[0]?.finish_reason).toBe("stop");
    expect(choices[0]?.message.tool_calls).toBeUndefined();
  });
  expect(others).toHaveLength(1);
  const days = { type: "integer" };
  const { $schema: _, ...schema } = FORMAT.json_schema.schema ?? {};
  const properties = { ...Object(schema.properties), days };
  expect(request?.body.output_config?.format).toEqual({ type: "json_schema", schema: { ...schema, properties } });
});

test("parse() with a limit that the API does not keep, and a type that refers to itself: the CLI's tool is given zod's schema, and what zod would not take is corrected by the model", async () => {
  app.simulator.enqueue(
    text("Here is your plan."),
    blocks([output({ ...CHECKED_TRIP, days: "two" }, "toolu_1")]),
    blocks([output(CHECKED_TRIP, "toolu_2")]),
  );
  const [request, ...others] = await during(async () => {
    const { choices } = await completions().parse({ model: MODEL, messages: ask("Plan."), response_format: CHECKED });
    expect(choices[0]?.message.parsed).toEqual(CheckedTrip.parse(CHECKED_TRIP));
    expect(choices[0]?.message.tool_calls).toBeUndefined();
  });
  expect(others).toHaveLength(2);
  const { properties, required, additionalProperties } = CHECKED.json_schema.schema ?? {};
  const offered = request?.body.tools?.find(({ name }) => name === "StructuredOutput");
  expect(offered?.input_schema).toMatchObject({ type: "object", properties, required, additionalProperties });
});

test("stream(): the JSON arrives in pieces, parsed as far as it goes, and whole in the end", async () => {
  const json = JSON.stringify(TRIP);
  app.simulator.enqueue(text(json, { chunks: pieces(json) }));
  const partial: unknown[] = [];
  const stream = completions().stream({ model: MODEL, messages: ask("Stream it."), response_format: FORMAT });
  stream.on("content.delta", ({ parsed }) => partial.push(parsed));
  const { choices } = await stream.finalChatCompletion();
  expect(choices[0]?.message.parsed).toEqual(Trip.parse(TRIP));
  expect(partial.length).toBeGreaterThan(1);
  expect(partial).toContainEqual({ title: "South" });
});

/** Broken after every comma. */
const pieces = (json: string) => json.split(/(?<=,)/);

test("structured output and tools in one request: first the call, then, with its result, the output", async () => {
  const given: unknown[] = [];
  const distance = zodFunction({
    name: "distance",
    parameters: z.object({ to: z.string() }),
    function: (args) => {
      given.push(args);
      return "1400 km";
    },
  });
  app.simulator.enqueue(
    blocks([textBlock("Let me see."), toolUse("toolu_1", "distance", { to: "Rome" })]),
    text(JSON.stringify(TRIP)),
  );
  const runner = completions().runTools({
    model: MODEL,
    messages: ask("How far, and what then?"),
    tools: [distance],
    response_format: FORMAT,
    stream: true,
  });
  const requests = await during(async () => {
    const { choices } = await runner.finalChatCompletion();
    expect(choices[0]?.message.parsed).toEqual(Trip.parse(TRIP));
  });
  expect(given).toEqual([{ to: "Rome" }]);
  expect(requests.map(({ body }) => body.tools?.map(({ name }) => name))).toEqual([["distance"], ["distance"]]);
  expect(receivedTurns(requests[1] ?? expect.unreachable()).at(-1)).toEqual({
    role: "user",
    content: [{ type: "tool_result", tool_use_id: "toolu_1", content: [{ type: "text", text: "1400 km" }] }],
  });
});
