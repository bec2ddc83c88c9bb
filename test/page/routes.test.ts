import { afterAll, describe, expect, test } from "bun:test";
import { startServer } from "../server/harness.ts";

const cancelled: string[] = [];
const page = {
  figures: { totals: () => [], totalsBy: () => [], since: undefined, recent: () => [] },
  running: () => [],
  processes: () => [],
  limits: () => ({ windows: {}, rejections: [] }),
  usedUpAt: () => undefined,
  cancel: (id: string) => {
    cancelled.push(id);
    return id === "known";
  },
  guides: async (origin: string) => [
    {
      name: "curl",
      title: "curl",
      before: "Ask:",
      snippet: { language: "sh", text: `curl ${origin}` },
      after: [],
      document: "",
    },
  ],
  defaultModel: "claude-sonnet-4",
  ended: () => 0,
};
const open = startServer({ page });
const locked = startServer({ page, config: { apiKeys: ["right"] } });
afterAll(() => Promise.all([open.stop(0), locked.stop(0)]));

const HTML = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const right = { authorization: "Bearer right" };
const get = (server: { url: string }, path: string, headers: Record<string, string> = {}, method = "GET") =>
  fetch(`${server.url}${path}`, { method, headers, redirect: "manual" });

test("browsers get a page at /, and programs JSON as ever", async () => {
  const response = await get(open, "/", HTML);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("vary")).toContain("Accept");
  const text = await response.text();
  for (const part of ["Ready. Nothing runs.", "No request yet", `curl ${open.url}`]) expect(text).toContain(part);
  expect(await (await get(open, "/")).json()).toMatchObject({ name: "claude-max-api", api: "/v1" });
  expect((await get(open, "/", HTML, "HEAD")).status).toBe(200);
});

test("the page has nothing in it that its policy does not allow: scripts and styles are files of its own", async () => {
  const response = await get(open, "/", HTML);
  expect(response.headers.get("content-security-policy")?.split("; ")).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]);
  const text = await response.text();
  expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?! type="module" src="\/page\/page.js"><\/script>)/);
  for (const [, path = ""] of text.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)) {
    const asset = await get(open, path);
    expect([path, asset.status, (await asset.text()).length > 100]).toEqual([path, 200, true]);
  }
});

describe("where the server has a key", () => {
  test("a browser without one gets the frame that asks for it, and nothing else", async () => {
    const text = await (await get(locked, "/", HTML)).text();
    expect(text).toContain("This server wants a key");
    expect(text).not.toMatch(/Ready|No request yet|curl /);
    for (const path of ["style.css", "page.js", "icon.svg"])
      expect((await get(locked, `/page/${path}`)).status).toBe(200);
  });

  test.each(["/page/content", "/page/events", "/", "/page/nothing", "/page/style.css/x"])(
    "%s is for who has one",
    async (path) => {
      expect((await get(locked, path)).status).toBe(401);
      expect((await get(locked, path, { authorization: "Bearer wrong" })).status).toBe(401);
    },
  );

  test("a wrong one is refused, and the right one shows all", async () => {
    expect((await get(locked, "/", { ...HTML, authorization: "Bearer wrong" })).status).toBe(401);
    expect(await (await get(locked, "/page/content", right)).text()).toContain("Ready. Nothing runs.");
    const events = await get(locked, "/page/events", right);
    const { value } = (await events.body?.getReader().read()) ?? {};
    expect(new TextDecoder().decode(value)).toStartWith('event: section\ndata: {"id":"status"');
  });

  test("nothing is cancelled without it", async () => {
    expect((await get(locked, "/page/turns/known/cancel", HTML, "POST")).status).toBe(401);
    expect((await get(locked, "/page/turns/known/cancel", { ...HTML, "x-api-key": "wrong" }, "POST")).status).toBe(401);
    expect(cancelled).toEqual([]);
    expect((await get(locked, "/page/turns/known/cancel", right, "POST")).status).toBe(200);
    expect(cancelled.splice(0)).toEqual(["known"]);
  });
});

test.each(["/page/content", "/page/events"])(
  "%s takes the reader's distance from UTC, and nothing else for it",
  async (path) => {
    for (const tz of ["0", "-300", "345", "840"]) {
      const answer = await get(open, `${path}?tz=${tz}`);
      expect([tz, answer.status]).toEqual([tz, 200]);
      await answer.body?.cancel();
    }
    for (const tz of ["841", "-900", "", "1.5", "Europe/Berlin", "1'"]) {
      expect([tz, (await get(open, `${path}?tz=${encodeURIComponent(tz)}`)).status]).toEqual([tz, 400]);
    }
  },
);

test("cancelling is for pages of this server alone, by POST, and says what there is not", async () => {
  const path = "/page/turns/known/cancel";
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const refused: Record<string, string>[] = [foreign, { origin: "null" }, { host: "evil.example" }];
  for (const headers of refused) {
    expect((await get(open, path, headers, "POST")).status).toBe(403);
  }
  expect((await get(open, path)).status).toBe(405);
  expect(cancelled).toEqual([]);
  expect((await get(open, "/page/turns/gone/cancel", {}, "POST")).status).toBe(404);
  const form = await get(open, path, { ...HTML, origin: open.url, "sec-fetch-site": "same-origin" }, "POST");
  expect([form.status, form.headers.get("location")]).toEqual([303, "/"]);
});

test("who listens is let go when the server stops", async () => {
  const server = startServer({ page });
  const response = await get(server, "/page/events");
  const reading = response.text();
  const from = performance.now();
  await server.stop(10_000);
  expect(await reading).toContain('"id":"plan"');
  expect(performance.now() - from).toBeLessThan(9_000);
});
