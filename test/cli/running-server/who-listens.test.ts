import { expect, test } from "bun:test";
import { askWhoListens, serverUrl } from "../../../src/cli/running-server/who-listens.ts";
import { startHarness } from "../../support/harness.ts";

const at = (url: string, apiKeys: readonly string[] = []) => ({
  host: new URL(url).hostname,
  port: Number(new URL(url).port),
  apiKeys,
});

function serving(answer: () => Response) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  return { ...at(server.url.href), [Symbol.asyncDispose]: () => server.stop(true) };
}

test("our own server is known, and tells its state", async () => {
  await using app = await startHarness();
  const occupant = await askWhoListens(at(app.url));
  expect(occupant).toMatchObject({ kind: "ours", health: { version: expect.any(String), demo: false } });
});

test("our own server is known without its key, too", async () => {
  await using app = await startHarness({ config: { apiKeys: ["secret-key"] } });
  expect(await askWhoListens(at(app.url))).toEqual({ kind: "ours", health: { name: "claude-max-api", status: "ok" } });
  expect(await askWhoListens(at(app.url, ["another-key"]))).toMatchObject({ kind: "ours" });
  expect(await askWhoListens(at(app.url, ["secret-key"]))).toMatchObject({
    kind: "ours",
    health: { login: expect.any(String) },
  });
});

test("the older package is known by its health", async () => {
  await using server = serving(() => Response.json({ status: "ok", provider: "claude-code-cli", timestamp: "now" }));
  expect(await askWhoListens(server)).toEqual({ kind: "older-package" });
});

test.each([
  ["a page", () => new Response("<html>", { status: 404 }), "HTTP 404"],
  ["some other JSON", () => Response.json({ status: "ok" }), "HTTP 200"],
])("another program is foreign: %s", async (_, answer, said) => {
  await using server = serving(answer);
  expect(await askWhoListens(server)).toEqual({ kind: "foreign", answer: said });
});

test("nobody is there where nothing listens", async () => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const address = at(server.url.href);
  await server.stop(true);
  expect(await askWhoListens(address)).toEqual({ kind: "nobody" });
});

test("the address to call is not the one to listen on, where that is any", () => {
  expect(serverUrl({ host: "0.0.0.0", port: 1 })).toBe("http://127.0.0.1:1");
  expect(serverUrl({ host: "::", port: 1 })).toBe("http://[::1]:1");
});
