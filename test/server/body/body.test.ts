import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { MAX_BODY_BYTES, MAX_JSON_DEPTH } from "../../../src/server/limits.ts";
import { errorOf, head, post, sendRaw, startServer } from "../harness.ts";

const server = startServer();
const { port, spent } = server;
afterAll(() => server.stop(0));
afterEach(() => spent.splice(0));

const send = (body: string, ...headers: string[]) => sendRaw(port, post(port, body, ...headers));
const CHUNKED = head(
  "POST /v1/spend HTTP/1.1",
  "Host: localhost",
  "Content-Type: application/json",
  "Transfer-Encoding: chunked",
);

const BROWSER = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/60.0";

describe("a body that is JSON is taken as such, whatever its type says", () => {
  test.each([
    "application/json",
    "Application/JSON; charset=UTF-8",
    'application/json;charset="utf-8"',
    "application/json; profile=x; charset=utf8",
    "application/vnd.api+json",
    "text/json",
    "application/json, text/plain",
    "text/plain;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "",
    "nonsense",
  ])("%p", async (type) => expect((await send("{}", `Content-Type: ${type}`)).status).toBe(200));

  test("two types, and none", async () => {
    expect((await send("{}", "Content-Type: application/json", "Content-Type: text/plain")).status).toBe(200);
    const none = head("POST /v1/spend HTTP/1.1", "Host: localhost", "Content-Length: 2");
    expect((await sendRaw(port, `${none}{}`)).status).toBe(200);
  });
});

describe("refused as no JSON", () => {
  test.each([
    ["text/plain", "hello"],
    ["application/x-www-form-urlencoded", "model=a&prompt=b"],
    ["", "hunter2"],
    ["multipart/form-data; boundary=x", "{}"],
    ["image/png", "{}"],
    ["application/octet-stream", "{}"],
    ["application/json; charset=utf-7", "{}"],
  ])("%p: %s", async (type, body) => {
    const response = await send(body, `Content-Type: ${type}`);
    expect(response.status).toBe(415);
    expect(errorOf(response)).toMatchObject({ code: "unsupported_media_type" });
    expect(response.body).not.toContain("hunter2");
    expect(spent).toEqual([]);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])(
    "what an old browser lets any page send without saying whose it is: %p",
    async (type) => {
      expect((await send('{"a":1}', `Content-Type: ${type}`, BROWSER)).status).toBe(415);
      expect(spent).toEqual([]);
      expect((await send('{"a":1}', "Content-Type: application/json", BROWSER)).status).toBe(200);
    },
  );
});

describe("what arrives is what was sent", () => {
  test("unknown fields, odd keys and types stay as they are", async () => {
    const text = '{"n":"1","__proto__":{"x":1},"constructor":null,"deep":[[{"a":[]}]],"big":1e300,"":""}';
    await send(text);
    expect(JSON.stringify(spent[0])).toBe(JSON.stringify(JSON.parse(text)));
  });
  test("lone surrogates, by escape", async () => {
    expect((await send('{"a":"\\ud800"}')).status).toBe(200);
    expect(spent).toEqual([{ a: "\ud800" }]);
  });
  test("any JSON value is for the route to judge", async () => {
    for (const text of ["null", "[]", '"x"', "0", "false"]) expect((await send(text)).status).toBe(200);
    expect(spent).toEqual([null, [], "x", 0, false]);
  });
  test("characters split between chunks", async () => {
    const bytes = Buffer.from('{"a":"€"}');
    const cut = bytes.indexOf(0x82);
    const parts = [bytes.subarray(0, cut), bytes.subarray(cut)];
    const chunks = parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]);
    const response = await sendRaw(port, Buffer.concat([Buffer.from(CHUNKED), ...chunks, Buffer.from("0\r\n\r\n")]));
    expect(response.status).toBe(200);
    expect(spent).toEqual([{ a: "€" }]);
  });
  test("a byte order mark is not part of the JSON", async () => {
    expect((await send("\ufeff{}")).status).toBe(200);
  });
});

describe("bodies that are no JSON are a 400 that says where, and quotes nothing", () => {
  const cases: Record<string, [body: string, message: RegExp]> = {
    "a bare word": ['{"a": hunter2}', /line 1, column 7: a value was expected here/],
    "single quotes": ["{'hunter2': 1}", /line 1, column 2: JSON uses double quotes/],
    "a comma at the end": ['{"a": "hunter2",\n}', /line 2, column 1: '}' came where a name in double quotes/],
    "a text that stops": ['{"a": "hunter2"', /column 16: the text ends where a comma or '}' was expected/],
    "a string that stops": ['{"a": "hunter2', /column 7: this string never ends/],
    "more than one value": ['{} {"a":"hunter2"}', /column 4: there is more text after the end/],
    "only spaces": ["  ", /the text ends where a value was expected/],
  };
  for (const [name, [body, message]] of Object.entries(cases)) {
    test(name, async () => {
      const response = await send(body);
      expect(response.status).toBe(400);
      expect(errorOf(response).code).toBe(null);
      expect(errorOf(response).message).toMatch(message);
      expect(response.body).not.toContain("hunter2");
      expect(server.log.join("")).not.toContain("hunter2");
    });
  }

  test("invalid UTF-8", async () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const lines = head(
      "POST /v1/spend HTTP/1.1",
      "Host: localhost",
      "Content-Type: application/json",
      `Content-Length: ${bytes.length}`,
    );
    const response = await sendRaw(port, Buffer.concat([Buffer.from(lines), bytes]));
    expect(response.status).toBe(400);
    expect(errorOf(response).message).toContain("not valid UTF-8");
  });

  test("no body at all, by length, by silence, or by an empty chunked one", async () => {
    const lines = ["POST /v1/spend HTTP/1.1", "Host: localhost"];
    const bodies = [head(...lines), head(...lines, "Content-Length: 0"), `${CHUNKED}0\r\n\r\n`];
    for (const bytes of bodies) {
      const response = await sendRaw(port, bytes);
      expect(response.status).toBe(400);
      expect(errorOf(response).message).toContain("is empty");
    }
  });
});

describe("nesting", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  test("up to the limit passes", async () => expect((await send(nested(MAX_JSON_DEPTH))).status).toBe(200));
  for (const depth of [MAX_JSON_DEPTH + 1, 1_000_000]) {
    test(`${depth} levels are refused, not crashed on`, async () => {
      const response = await send(nested(depth));
      expect(response.status).toBe(400);
      expect(errorOf(response).message).toContain("nests deeper");
    });
  }
});

describe("size", () => {
  const tooLong = { "a byte": MAX_BODY_BYTES + 1, "far beyond Bun's own limit": 2 ** 40 };
  test.each(Object.entries(tooLong))("a Content-Length over the limit by %s is refused unsent", async (_, length) => {
    const lines = ["POST /v1/spend HTTP/1.1", "Host: localhost", "Content-Type: application/json"];
    const response = await sendRaw(port, head(...lines, `Content-Length: ${length}`));
    expect(response.status).toBe(413);
    expect(errorOf(response)).toMatchObject({
      code: "request_too_large",
      message: "The request body is larger than 64 MiB.",
    });
  });

  test("a chunked body growing over the limit is refused while it grows", async () => {
    const mebibyte = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(1024 * 1024, 0x20), Buffer.from("\r\n")]);
    // One more than fits, and no end: the answer comes although the body goes on.
    const bytes = Buffer.concat([
      Buffer.from(CHUNKED),
      ...Array<Buffer>(MAX_BODY_BYTES / 1024 / 1024 + 1).fill(mebibyte),
    ]);
    const response = await sendRaw(port, bytes);
    expect(response.status).toBe(413);
    expect(errorOf(response).code).toBe("request_too_large");
    expect(spent).toEqual([]);
  });

  test("the client gets to read the 413 after sending it all, and the connection goes on", async () => {
    const body = Buffer.alloc(MAX_BODY_BYTES + 1, 0x20);
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${server.url}/v1/spend`, { method: "POST", body, headers });
    expect(response.status).toBe(413);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  test("two megabytes of text are nothing special", async () => {
    expect((await send(JSON.stringify({ text: "x".repeat(2_000_000) }))).status).toBe(200);
  });
});

test("a client that leaves in the middle of its body is logged as such, and nothing is spent", async () => {
  const logged = server.log.length;
  const socket = connect(port, "127.0.0.1");
  const lines = ["POST /v1/spend HTTP/1.1", "Host: localhost", "Content-Type: application/json", "Content-Length: 99"];
  socket.write(head(...lines, "Expect: 100-continue"));
  // The server's go-ahead shows that it is reading the body.
  await once(socket, "data");
  socket.write('{"a":');
  socket.destroy();
  while (server.log.length === logged) await Bun.sleep(5);
  expect(server.log.at(-1)).toContain("status=499");
  expect(spent).toEqual([]);
});
