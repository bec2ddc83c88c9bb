import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import type { InteractiveLogin, LoginStep } from "../../src/core/login.ts";
import { startServer } from "../server/harness.ts";

const ADDRESSES = {
  manualUrl: "https://claude.example/?state=st&manual=1",
  automaticUrl: "https://claude.example/?state=st",
};
const OPEN: LoginStep = { type: "open", ...ADDRESSES };

/** A login that notes what it is asked for. */
class FakeLogin implements InteractiveLogin {
  asked: string[] = [];
  at: LoginStep | undefined = { type: "offered" };

  step() {
    return this.at;
  }
  async begin() {
    this.asked.push("begin");
    this.at = OPEN;
  }
  async submit(pasted: string) {
    this.asked.push(`submit ${pasted}`);
    this.at = undefined;
  }
  async cancel() {
    this.asked.push("cancel");
    this.at = { type: "offered" };
  }
}

const login = new FakeLogin();
const page = {
  figures: { totals: () => [], totalsBy: () => [], since: undefined, recent: () => [] },
  running: () => [],
  processes: () => [],
  limits: () => ({ windows: {}, rejections: [] }),
  usedUpAt: () => undefined,
  cancel: () => false,
  login,
  defaultModel: "claude-sonnet-4",
  ended: () => 0,
};
const open = startServer({ page });
const locked = startServer({ page, config: { apiKeys: ["right"] } });
const without = startServer({ page: { ...page, login: undefined } });
for (const { backend } of [open, locked, without]) {
  backend.state = {
    ...backend.state,
    status: "unavailable",
    problem: { code: "cli_logged_out", message: "The Claude CLI is not logged in. Run `claude auth login`." },
  };
}
afterAll(() => Promise.all([open, locked, without].map((server) => server.stop(0))));
beforeEach(() => {
  login.asked = [];
  login.at = { type: "offered" };
});

const HTML = { accept: "text/html,*/*;q=0.8" };
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_TYPE = { "content-type": "application/json" };
const post = (server: { url: string }, path: string, headers: Record<string, string> = {}, body?: string) =>
  fetch(`${server.url}/page/login${path}`, { method: "POST", headers, redirect: "manual", ...(body && { body }) });
const content = async (url = open.url) => (await fetch(`${url}/page/content`)).text();

test("a login is begun, gone on with and ended, and no answer to that has an address or a code", async () => {
  const answers = [
    await post(open, ""),
    await post(open, "/cancel"),
    await post(open, ""),
    await post(open, "/code", JSON_TYPE, JSON.stringify({ code: "abc#st" })),
  ];
  expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
    { login: "open" },
    { login: "offered" },
    { login: "open" },
    { login: "not_wanted" },
  ]);
  expect(login.asked).toEqual(["begin", "cancel", "begin", "submit abc#st"]);
  expect(open.log.join("")).toContain("/page/login/code");
  expect(open.log.join("")).not.toMatch(/abc|claude\.example/);
});

test("forms begin and end it without script, and get the page again", async () => {
  const own = { ...HTML, ...FORM, origin: open.url, "sec-fetch-site": "same-origin" };
  for (const path of ["", "/cancel"]) {
    const answer = await post(open, path, own);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
  }
  expect(login.asked).toEqual(["begin", "cancel"]);
});

test("a code is a text, and no error repeats it", async () => {
  for (const [body, status] of [
    ['{"code":7}', 400],
    [JSON.stringify({ code: "secret".repeat(1000) }), 400],
    ["code=secret", 415],
    ["{}", 400],
  ] as const) {
    const answer = await post(open, "/code", body.startsWith("{") ? JSON_TYPE : FORM, body);
    expect([body.slice(0, 20), answer.status]).toEqual([body.slice(0, 20), status]);
    expect(await answer.text()).not.toContain("secret");
  }
  expect(login.asked).toEqual([]);
});

describe("a login is for who may see the page:", () => {
  const code = JSON.stringify({ code: "abc" });
  test.each(["", "/code", "/cancel"])(
    "pages of others, other names and GET get nowhere at /page/login%s",
    async (path) => {
      const refused: Record<string, string>[] = [
        { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
        { origin: "null" },
        { host: "evil.example" },
      ];
      for (const headers of refused) {
        expect((await post(open, path, { ...headers, ...JSON_TYPE }, code)).status).toBe(403);
      }
      expect((await fetch(`${open.url}/page/login${path}`)).status).toBe(405);
      expect(login.asked).toEqual([]);
    },
  );

  test.each(["", "/code", "/cancel"])(
    "who has no key of a server with keys gets nowhere at /page/login%s",
    async (path) => {
      expect((await post(locked, path, { ...HTML, ...JSON_TYPE }, code)).status).toBe(401);
      expect((await post(locked, path, { authorization: "Bearer wrong", ...JSON_TYPE }, code)).status).toBe(401);
      expect(login.asked).toEqual([]);
      expect((await post(locked, path, { authorization: "Bearer right", ...JSON_TYPE }, code)).status).toBe(200);
      expect(login.asked).toHaveLength(1);
    },
  );
});

test("where none can be begun, there is no button and no route", async () => {
  expect(await content(without.url)).not.toContain("/page/login");
  expect((await post(without, "")).status).toBe(404);
});

describe("the page", () => {
  test("has a button where a login is offered, and says why the last one came to nothing", async () => {
    expect(await content()).toMatch(/<form method="post" action="\/page\/login"[^>]*><button[^>]*>Log in<\/button>/);
    login.at = { type: "offered", failure: "<b>Invalid</b> code" };
    expect(await content()).toContain("The login was not finished: &lt;b&gt;Invalid&lt;/b&gt; code.");
    login.at = undefined;
    expect(await content()).not.toContain("/page/login");
  });

  test("links to Anthropic without telling it who links; beside the CLI's own machine a code is what is wanted", async () => {
    login.at = OPEN;
    const links = (text: string) =>
      [...text.matchAll(/<a href="([^"]+)"[^>]* target="_blank" rel="noopener noreferrer">/g)].map(([, url]) =>
        url?.replaceAll("&amp;", "&"),
      );
    const here = await content();
    expect(links(here)).toEqual([ADDRESSES.automaticUrl, ADDRESSES.manualUrl]);
    expect(here).toContain("<details><summary>The server is on another machine");
    login.at = { ...OPEN, failure: "what was pasted is no code" };
    expect(await content()).toContain("<details open><summary>");
    const response = await fetch(`${locked.url}/page/content`, {
      headers: { host: "mac-mini.local", authorization: "Bearer right" },
    });
    const elsewhere = await response.text();
    expect(links(elsewhere)).toEqual([ADDRESSES.manualUrl]);
    expect(elsewhere).toMatch(/<input id="login-code"[^>]*autocomplete="off"/);
  });
});
