import { describe, expect, test } from "bun:test";
import { type AnswerPart, RefusedError, send, streamChat } from "../../../src/cli/running-server/api-client.ts";

const signal = new AbortController().signal;

/** A server that answers every request so. */
function answering(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  return {
    url: server.url.origin,
    headers: { authorization: "Bearer the-key" },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

const events = (...data: unknown[]) =>
  new Response(data.map((item) => `data: ${typeof item === "string" ? item : JSON.stringify(item)}\n\n`).join(""));

const delta = (fields: object, finish_reason: string | null = null) => ({
  model: "claude-haiku-5-5",
  choices: [{ index: 0, delta: fields, finish_reason }],
});

/** The parts until the stream ends, and what it ended with. */
async function read(response: () => Response): Promise<{ parts: AnswerPart[]; error: unknown }> {
  await using server = answering(response);
  const parts: AnswerPart[] = [];
  try {
    for await (const part of streamChat(server, { model: "any" }, signal)) parts.push(part);
    return { parts, error: undefined };
  } catch (error) {
    return { parts, error };
  }
}

describe("a streamed chat", () => {
  test("is told piece by piece, thinking apart from text, with its end", async () => {
    const { parts, error } = await read(() =>
      events(
        delta({ role: "assistant", content: "" }),
        delta({ reasoning_content: "Hm." }),
        delta({ content: "Zwölf" }),
        delta({}, "length"),
        "[DONE]",
      ),
    );
    expect(error).toBeUndefined();
    expect(parts).toEqual([
      { type: "thinking", text: "Hm." },
      { type: "text", text: "Zwölf" },
      { type: "end", reason: "length", model: "claude-haiku-5-5" },
    ]);
  });

  test("that fails in the middle tells what it had, then the server's message", async () => {
    const failure = { error: { message: "It is overloaded.", type: "server_error", code: "overloaded", param: null } };
    const { parts, error } = await read(() => events(delta({ content: "One" }), failure));
    expect(parts).toEqual([{ type: "text", text: "One" }]);
    expect(error).toEqual(new RefusedError("It is overloaded.", "overloaded"));
  });

  test.each([
    ["ends without an end", () => events(delta({ content: "One" })), "broke off"],
    ["holds what is no piece", () => events({ choices: 7 }), "none"],
  ])("that %s is an error", async (_, response, message) => {
    const { error } = await read(response);
    expect(error).toBeInstanceOf(RefusedError);
    expect(String(error)).toContain(message);
  });
});

describe("a request", () => {
  test("carries the key and, with a body, its type", async () => {
    await using server = answering(async (request) =>
      Response.json([request.method, request.headers.get("authorization"), await request.text()]),
    );
    expect(await (await send(server, "/any", { signal })).json()).toEqual(["GET", "Bearer the-key", ""]);
    const response = await send(server, "/any", { signal, body: { a: 1 } });
    expect(await response.json()).toEqual(["POST", "Bearer the-key", `{"a":1}`]);
  });

  test("that is refused throws the server's message and code, without what only a server does", async () => {
    const error = {
      message: "The Claude CLI is not logged in. The server notices by itself; no restart is needed.",
      code: "cli_logged_out",
    };
    await using server = answering(() => Response.json({ error }, { status: 503 }));
    const refused = await send(server, "/any", { signal }).catch((thrown: unknown) => thrown);
    expect(refused).toEqual(new RefusedError("The Claude CLI is not logged in.", "cli_logged_out"));
  });

  test.each([
    [{}, "needs one of its API keys"],
    [{ authorization: "Bearer another" }, "has another API key than this one"],
  ])("that lacks the server's key says how to give it, and nothing of headers: %j", async (headers, which) => {
    const error = { message: "Send it as Authorization: Bearer KEY.", code: "invalid_api_key" };
    await using server = answering(() => Response.json({ error }, { status: 401 }));
    const refused = await send({ url: server.url, headers }, "/any", { signal }).catch((thrown: unknown) => thrown);
    const said = `the server at ${server.url} ${which}. Give it the key with --api-key-file FILE or CLAUDE_MAX_API_KEY.`;
    expect(refused).toEqual(new RefusedError(said, "invalid_api_key"));
  });

  test("that is refused without an envelope tells the status", async () => {
    await using server = answering(() => new Response("<html>", { status: 502 }));
    await expect(send(server, "/any", { signal })).rejects.toThrow("answered with status 502");
  });
});
