import { afterEach, describe, expect, test } from "bun:test";
import { isNode } from "../../../src/api/validation/schema-words.ts";
import type { ContentBlock } from "../../../src/core/request.ts";
import { EVENT_STREAMS } from "../../fixtures/chat-events.ts";
import { FINISH, play, START } from "../playing.ts";
import { serve, stopServers } from "./responses-server.ts";

// A conversation goes on after a search: what the model is told of it, however the client tells it, where no process remembers it.

afterEach(stopServers);

const searching = play(...(EVENT_STREAMS["web-search"]?.events ?? expect.unreachable()));
const TOOLS = [{ type: "web_search" }];
const USER = { role: "user", content: "And then?" };

/** What Anthropic called the answer. */
const citation = (url: string, title: string | null) => ({
  type: "web_search_result_location",
  cited_text: "Sunny.",
  url,
  title,
  encrypted_index: "aW5k",
});
const REMEMBERED: readonly ContentBlock[] = [
  { type: "text", text: "I look that up." },
  {
    type: "native",
    block: { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "weather Rome" } },
  },
  {
    type: "native",
    block: {
      type: "web_search_tool_result",
      tool_use_id: "srvtoolu_1",
      content: [
        {
          type: "web_search_result",
          url: "https://weather.example/rome",
          title: "Rome",
          encrypted_content: "ZW5j",
          page_age: "1 day ago",
        },
      ],
    },
  },
  { type: "text", text: "In Rome 🇮🇹 it is " },
  {
    type: "text",
    text: "sunny",
    citations: [citation("https://weather.example/rome", "Rome"), citation("https://sun.example/", null)],
  },
  { type: "text", text: "." },
];
const WORDS = REMEMBERED.filter(({ type }) => type === "text");

type Items = Readonly<Record<string, unknown>>[];

/** The answer's id and items. */
async function read(response: Promise<Response>): Promise<{ id: string; output: Items }> {
  const body: unknown = await (await response).json();
  if (!isNode(body) || typeof body.id !== "string" || !Array.isArray(body.output)) return expect.unreachable();
  return { id: body.id, output: body.output.filter(isNode) };
}

/** Asks, and goes on with what `next` makes of the answer's items: the model's own turn in that, and what the header names. */
async function goneOn(next: (output: Items, id: string) => object, first: object = {}, strict = false) {
  const { asked, post } = serve(searching, { strict });
  const { output, id } = await read(post({ tools: TOOLS, ...first }));
  const response = await post({ tools: TOOLS, ...next(output, id) });
  expect([response.status, strict]).toEqual([200, strict]);
  return {
    told: asked.at(-1)?.request.turns.find(({ role }) => role === "assistant")?.content,
    ignored: response.headers.get("x-claude-max-api-ignored"),
  };
}

const asInput = (output: Items) => ({ input: [{ role: "user", content: "hi" }, ...output, USER] });
const only = (item: Items[number], ...names: string[]) =>
  Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));

describe("the model is told its search as it was", () => {
  test.each([false, true])("after a stored response, strict: %p", async (strict) => {
    const { told, ignored } = await goneOn((_, id) => ({ previous_response_id: id, input: [USER] }), {}, strict);
    expect([told, ignored]).toEqual([REMEMBERED, null]);
  });

  test.each([false, true])("by items that hold it, where nothing is stored, strict: %p", async (strict) => {
    const { told, ignored } = await goneOn(asInput, { store: false }, strict);
    expect([told, ignored]).toEqual([REMEMBERED, null]);
  });

  test("by items with their ids, where it is stored", async () => {
    const next = (output: Items) => {
      expect(output.some(({ native }) => native)).toBe(false);
      return asInput(output);
    };
    expect(await goneOn(next)).toEqual({ told: REMEMBERED, ignored: null });
  });

  test("by references", async () => {
    const next = (output: Items) => asInput(output.map(({ id }) => ({ type: "item_reference", id })));
    expect(await goneOn(next)).toEqual({ told: REMEMBERED, ignored: null });
  });
});

describe("what is lost of a search is left out", () => {
  test("of one that nothing is known of, and is named", async () => {
    const next = (output: Items) =>
      asInput(output.map((item) => only(item, "type", "role", "content", "action", "status")));
    const { told, ignored } = await goneOn(next, { store: false });
    expect(told).toEqual([...WORDS]);
    expect(ignored).toBe("input.web_search_call");
  });

  test("of one of this server's that came back with its pages alone, and is named", async () => {
    const next = (output: Items) => asInput(output.map(({ native: _, ...item }) => item));
    const { told, ignored } = await goneOn(next, { store: false, include: ["web_search_call.action.sources"] });
    expect(told).toEqual([...WORDS]);
    expect(ignored).toBe("input.web_search_call");
  });

  test("also when its result is gone, or is another's", async () => {
    for (const broken of [
      (native: unknown[]) => native.slice(0, 1),
      (native: unknown[]) => [native[0], { type: "web_search_tool_result", tool_use_id: "other", content: [] }],
      () => "none",
    ]) {
      const mend = ({ id: _, ...item }: Items[number]) =>
        Array.isArray(item.native) ? { ...item, native: broken(item.native) } : item;
      const { told } = await goneOn((output) => asInput(output.map(mend)), { store: false });
      expect(told).toEqual([...WORDS]);
    }
  });

  test("but what another service says that it found is told as what a function gave", async () => {
    const action = { type: "search", query: "q", sources: [{ type: "url", url: "https://a.example/" }] };
    const next = () => asInput([{ type: "web_search_call", id: "ws_1", status: "completed", action }]);
    const { told } = await goneOn(next);
    expect(told).toEqual([{ type: "tool-call", id: "ws_1", name: "web_search_call", args: JSON.stringify(action) }]);
  });

  test("as are annotations of others", async () => {
    const annotations = [{ type: "url_citation", start_index: 0, end_index: 2, url: "https://a.example/", title: "A" }];
    const said = { role: "assistant", content: [{ type: "output_text", text: "Hi.", annotations }] };
    const { told, ignored } = await goneOn(() => asInput([said]));
    expect([told, ignored]).toEqual([[{ type: "text", text: "Hi." }], "input.content.annotations"]);
  });
});

test("a search is told with what include asks for, and with what Anthropic needs where it is not stored", async () => {
  const told = async (fields: object) => {
    const { output } = await read(serve(searching).post({ tools: TOOLS, ...fields }));
    return output[1];
  };
  const action = { type: "search", query: "weather Rome", queries: ["weather Rome"] };
  const plain = { id: expect.stringMatching(/^ws_/), type: "web_search_call", status: "completed", action };
  const url = "https://weather.example/rome";
  expect(await told({})).toEqual(plain);
  expect(await told({ include: ["web_search_call.action.sources"] })).toEqual({
    ...plain,
    action: { ...action, sources: [{ type: "url", url }] },
  });
  expect(await told({ include: ["web_search_call.results"] })).toEqual({
    ...plain,
    results: [{ url, title: "Rome", page_age: "1 day ago" }],
  });
  expect(await told({ store: false })).toEqual({ ...plain, native: [expect.anything(), expect.anything()] });
});

test("a page that was fetched is one that was opened", async () => {
  const use = { type: "server_tool_use", id: "s", name: "web_fetch", input: { url: "https://a.example/" } };
  const page = { type: "web_fetch_result", url: "https://a.example/", content: { type: "document" } };
  const run = play(
    START,
    { type: "native-start", block: 0, content: use },
    { type: "native-end", block: 0 },
    { type: "native-start", block: 1, content: { type: "web_fetch_tool_result", tool_use_id: "s", content: page } },
    { type: "native-end", block: 1 },
    FINISH,
  );
  const { output } = await read(serve(run).post({ tools: [{ type: "web_fetch_20250910" }] }));
  expect(output).toMatchObject([{ status: "completed", action: { type: "open_page", url: "https://a.example/" } }]);
});

test("a turn that Anthropic pauses is not complete", async () => {
  const run = play(START, { ...FINISH, reason: { unified: "stop", raw: "pause_turn" } });
  expect(await (await serve(run).post({})).json()).toMatchObject({
    status: "incomplete",
    incomplete_details: { reason: "pause_turn" },
  });
});
