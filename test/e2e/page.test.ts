import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { findChromium, openBrowser } from "../../scripts/browser.ts";
import { apiError, hangMidStream, text } from "../../src/simulator/reply.ts";
import { type Binary, startBinary } from "../support/binary.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { installLoginClaude, LOGIN_PAGE } from "../support/login-claude.ts";
import { receivedTurns } from "../support/received.ts";
import { runCli } from "../support/run-cli.ts";
import { makeScripts, type Scripts } from "../support/scripts.ts";
import { logIn } from "../support/stored-login.ts";
import { until } from "../support/wait.ts";

// The page at `/` in a real browser: the built binary, the real CLI, the simulated API.

const KEY = "key-of-the-page";
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const chromium = await findChromium();
const reason = "missing" in chromium ? ` (skipped: there is no Chromium, and ${chromium.missing})` : "";

describe.skipIf("missing" in chromium)(`the page in Chromium${reason}`, () => {
  let browser: Browser;
  let scripts: Scripts;
  let open: Partial<Binary>;
  /** Asks for a key, and nobody is logged in. */
  let locked: Harness;
  /** One for all: each other has processes of its own. */
  let page: Page;
  /** What the page asked elsewhere, and what its policy forbids. */
  const faults: string[] = [];
  /** A tab that nobody has given the key, and from which another origin is looked at then. */
  let other: Page;

  const serverOf = ({ url = "" }: Pick<Partial<Binary>, "url"> = {}) => url;
  const isLive = () => page.waitForSelector("[data-state=live]");
  const ask = (program: string, body: object = {}, init: RequestInit = {}) =>
    fetch(`${serverOf(open)}/v1/chat/completions`, {
      ...init,
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": program },
      body: JSON.stringify({ model: "claude-sonnet-4", messages: [{ role: "user", content: "Hi." }], ...body }),
    });
  const violationsIn = async (part: string, options: object = {}): Promise<unknown> => {
    if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
    return await page.evaluate(
      `axe.run(${JSON.stringify(part)}, ${JSON.stringify({ ...options, resultTypes: ["violations"] })}).then(({ violations }) =>
        violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ": " + html.slice(0, 200) + failureSummary)))`,
    );
  };
  const figures = async () => {
    const texts = await page.locator("#today .figures dd:not(.note)").allTextContents();
    const [requests, input, output, , , errors] = texts;
    return { requests, input, output, errors };
  };

  beforeAll(async () => {
    if ("missing" in chromium) return;
    scripts = makeScripts();
    [browser, open, locked] = await Promise.all([
      openBrowser(chromium.path),
      startBinary(),
      startHarness({
        env: { CLAUDE_CODE_OAUTH_TOKEN: undefined },
        config: { apiKeys: [KEY], claudePath: installLoginClaude(scripts.directory) },
        recheckMs: 200,
      }),
    ]);
    page = await (await browser.newContext({ timezoneId: "Asia/Kathmandu" })).newPage();
    page.setDefaultTimeout(45_000);
    page.on("console", (message) => /Content Security|Refused/.test(message.text()) && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("request", (request) => !/^(http:\/\/127|data:)/.test(request.url()) && faults.push(request.url()));
    await page.goto(serverOf(open));
    const usage = { input_tokens: 7, cache_read_input_tokens: 3, output_tokens: 11 };
    open.simulator?.enqueue(...[1, 2, 3].map(() => text("Hello.", { usage })), apiError(529, "overloaded_error", "no"));
    for (const program of ["curl/8", "codex_cli_rs/0.1", "<b>evil</b>", "curl/8"]) await (await ask(program)).text();
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([open?.[Symbol.asyncDispose]?.(), locked?.[Symbol.asyncDispose]()]);
    scripts[Symbol.dispose]();
  });

  test("tells the same as the API, Prometheus' metrics and the command line, which is what Anthropic's API counted", async () => {
    const url = serverOf(open);
    await page.locator("#recent tbody tr").nth(3).waitFor();
    expect(await figures()).toEqual({ requests: "4", input: "30", output: "33", errors: "1" });
    expect(await page.locator("#status").textContent()).toContain("Ready. Nothing runs.");
    await page.waitForSelector("#processes li:has-text('sonnet'):has-text(' · ')");
    expect(await page.locator("#plan .window h3").allTextContents()).toEqual(["Five hours", "Week"]);
    const [usage, metrics, cli] = await Promise.all([
      fetch(`${url}/v1/usage`).then((response) => response.text()),
      fetch(`${url}/metrics`).then((response) => response.text()),
      runCli(["usage", "--days", "1", "--by", "client", "--csv", "--port", new URL(url).port]),
    ]);
    const counted = { requests: 4, inputTokens: 21, cacheReadTokens: 9, outputTokens: 33 };
    expect(JSON.parse(usage).totals).toMatchObject([counted]);
    const output = [...metrics.matchAll(/^claude_max_api_tokens_total\{.*kind="output".*\} (\d+)$/gm)];
    expect(output.reduce((sum, [, value]) => sum + Number(value), 0)).toBe(33);
    const programs = cli.stdout.split("\n").flatMap((line) => /^(\w+),(\d+),/.exec(line)?.slice(1, 3).join(" ") ?? []);
    const shown = await page.locator("#today table:nth-child(2) tbody tr").allInnerTexts();
    expect(shown.map((row) => row.split(/\s+/).slice(0, 2).join(" ")).sort()).toEqual(programs.sort());
    expect(programs).toContain("curl 2");
    expect(await page.locator("#recent .failed").allTextContents()).toEqual(["overloaded"]);
  });

  // What is said of the page's parts is the same in any light.
  test.each([
    ["light", 1440, { runOnly: ["color-contrast"] }],
    ["dark", 360, {}],
  ] as const)("is accessible in %s, %d pixels wide, and fits", async (colorScheme, width, options) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsIn("html", options)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
  });

  test("is used by the keyboard, and stays where one is while it changes", async () => {
    await page.getByRole("tab", { name: "Today" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("tabpanel", { name: "7 days" }).waitFor();
    await (await ask("zed")).text();
    await page.locator("#today th", { hasText: "zed" }).waitFor({ state: "attached" });
    expect(await page.evaluate("document.activeElement.textContent")).toBe("7 days");
    expect(await page.getByRole("tabpanel", { name: "7 days" }).isVisible()).toBe(true);
  });

  test("shows what runs, for how long by its own clock, and ends it for who presses Cancel, whose program is told so", async () => {
    open?.simulator?.enqueue(hangMidStream("Once upon a time there was "));
    const answer = ask("opencode/1.4", { stream: true });
    const row = page.locator("#now li");
    await page.waitForSelector("#now li:has-text('about 7 out') >> text=/^([3-9]|\\d\\d+) s|min/");
    expect(await row.textContent()).toMatch(/opencode claude-sonnet-4\s*answers/);
    expect(await page.locator("#status").textContent()).toContain("1 request is being answered.");
    await row.getByRole("button", { name: "Cancel the request of opencode" }).click();
    expect(await (await answer).text()).toContain('"code":"cancelled"');
    await row.waitFor({ state: "detached" });
    await page.locator("#recent").getByText("cancelled").first().waitFor();
    await until(() => open?.simulator?.requests.at(-1)?.isAborted === true, "the API's answer is given up");
  });

  test("the playground streams an answer to a text with an image, tools and a schema, and its curl command asks the same", async () => {
    open?.simulator?.enqueue(text('{"answer": "Paris", "certainty": 1}'));
    await page.getByLabel("Message").fill("It's the capital of which land?");
    const image = { name: "pixel.png", mimeType: "image/png", buffer: Buffer.from(PIXEL, "base64") };
    await page.getByLabel("Images", { exact: true }).setInputFiles(image);
    await page.getByText("Tools", { exact: true }).click();
    await page.locator("[data-example=ask-tools]").click();
    await page.getByText("Schema of the answer").click();
    await page.locator("[data-example=ask-schema]").click();
    await page.getByRole("img", { name: "pixel.png" }).waitFor();
    await page.getByRole("button", { name: "Ask" }).click();
    await page.locator("#ask-answer").getByText("Paris").waitFor();
    await page.locator("#ask-figures").getByText("tokens in").waitFor();
    const sent = () => {
      const request = open?.simulator?.requests.at(-1);
      if (request === undefined) throw new Error("no request arrived");
      const { tools, output_config } = request.body;
      return JSON.parse(JSON.stringify({ content: receivedTurns(request).at(-1)?.content, tools, output_config }));
    };
    const asked = sent();
    expect(asked.content).toMatchObject([
      { type: "text", text: "It's the capital of which land?" },
      { type: "image", source: { type: "base64" } },
    ]);
    expect(asked.tools.map(({ name }: { name: string }) => name)).toContainEqual(expect.stringContaining("weather"));
    expect(asked.output_config.format.schema.required).toEqual(["answer", "certainty"]);
    const command = await page.evaluate("document.getElementById('ask-curl').dataset.whole");
    open?.simulator?.enqueue(text('{"answer": "Paris", "certainty": 1}'));
    const child = Bun.spawn(["sh", "-c", String(command)], { stdout: "pipe", stderr: "ignore" });
    expect(await new Response(child.stdout).text()).toContain("[DONE]");
    expect(sent()).toEqual(asked);
  });

  test("works without script: what is so now, by UTC's clock instead of the reader's, programs by links, and a form that cancels", async () => {
    open?.simulator?.enqueue(hangMidStream("Once"));
    const answer = ask("pi/1");
    await until(
      async () => (await (await fetch(`${serverOf(open)}/v1/usage`)).text()).includes('"answering"'),
      "it runs",
    );
    const stamp = (await page.locator("#recent time").last().getAttribute("datetime")) ?? "";
    const shown = () => page.locator(`time[datetime="${stamp}"]`).last().textContent();
    expect(await shown()).toEndWith(new Date(Date.parse(stamp) + 345 * 60_000).toISOString().slice(11, 16));
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setScriptExecutionDisabled", { value: true });
    await page.goto(serverOf(open));
    expect(await figures()).toMatchObject({ requests: expect.stringMatching(/^\d$/) });
    expect(await shown()).toEndWith(stamp.slice(11, 16));
    expect(await page.locator("#content").textContent()).toMatch(/needs JavaScript[\s\S]*Times and days are UTC's/);
    await page.getByRole("link", { name: "Codex" }).click();
    expect(await page.locator("#snippet-codex").textContent()).toContain(`base_url = "${serverOf(open)}/v1"`);
    expect(await page.locator("#snippet-openclaw").isVisible()).toBe(false);
    await page.getByRole("button", { name: "Cancel the request of pi" }).click();
    expect((await answer).status).toBe(499);
    await session.detach();
  });

  test("asks for the key where there is one, says no to another, and keeps it for this tab alone", async () => {
    await page.goto(locked.url);
    expect(await page.content()).not.toContain("Last requests");
    await page.getByLabel("Key").fill("wrong");
    await page.getByLabel("Key").press("Enter");
    await page.getByText("Incorrect API key").waitFor();
    expect(await page.locator("#content").textContent()).toBe("");
    await page.getByLabel("Key").fill(KEY);
    await page.getByLabel("Key").press("Enter");
    await isLive();
    expect(await page.locator("#recent").textContent()).toContain("No request yet");
    expect(await page.locator("#ask-curl").textContent()).toContain("$CLAUDE_MAX_API_KEY");
    await page.reload();
    await isLive();
    expect(await page.evaluate("document.cookie + JSON.stringify(localStorage)")).toBe("{}");
    other = await page.context().newPage();
    await other.goto(locked.url);
    await other.getByLabel("Key").waitFor();
  });

  test("begins the CLI's own login, says of what is pasted that it is no code, gives it up, and notices one", async () => {
    const link = page.getByRole("link", { name: "Log in at Anthropic" });
    await page.getByRole("button", { name: "Log in" }).click();
    expect(await link.getAttribute("href")).toStartWith(LOGIN_PAGE);
    await page.getByText("The server is on another machine").click();
    await page.getByLabel("Code").fill("no code");
    await page.getByRole("button", { name: "Finish" }).click();
    await page.getByRole("alert").getByText("what was pasted is no code").waitFor();
    expect(await page.getByLabel("Code").inputValue()).toBe("no code");
    expect(await violationsIn("#status")).toEqual([]);
    await page.getByRole("button", { name: "Cancel the login" }).click();
    await page.getByRole("button", { name: "Log in" }).waitFor();
    // By another terminal: what this CLI goes by, and the file by which its login is noticed.
    writeFileSync(join(locked.home, "logged-in"), "");
    logIn(locked.home);
    await page.getByText("Ready. Nothing runs.").waitFor();
    expect(await page.getByRole("button", { name: "Log in" }).count()).toBe(0);
    await page.getByRole("button", { name: "Forget the key" }).click();
    await page.getByLabel("Key").waitFor();
  });

  test("a page of another origin gets nothing of it, and ends nothing", async () => {
    await using cleanup = new AsyncDisposableStack();
    const elsewhere = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => foreignPage() });
    cleanup.defer(() => elsewhere.stop(true));
    const url = serverOf(open);
    open?.simulator?.enqueue(hangMidStream("Once"));
    const left = new AbortController();
    const answer = ask("curl/8", {}, { signal: left.signal }).catch(() => "left");
    const running = async () => JSON.parse(await (await fetch(`${url}/v1/usage`)).text()).running;
    await until(async () => (await running()).length === 1, "it runs");
    const [{ id }] = await running();
    const statuses: string[] = [];
    other.on("response", (response) => {
      if (response.url().startsWith(url)) statuses.push(`${new URL(response.url()).pathname} ${response.status()}`);
    });
    await other.goto(`http://127.0.0.1:${elsewhere.port}`);
    const outcome: unknown = await other.evaluate(`(async () => {
      const url = ${JSON.stringify(url)};
      const tries = [
        ["/page/content", {}], ["/page/events", {}], ["/", { headers: { accept: "text/html" } }],
        ["/page/turns/${id}/cancel", { method: "POST" }], ["/page/turns/${id}/cancel", { method: "POST", mode: "no-cors" }],
      ];
      const read = await Promise.all(tries.map(([path, init]) =>
        fetch(url + path, init).then((response) => response.text(), () => "")));
      const form = Object.assign(document.createElement("form"), { method: "post", action: url + "/page/turns/${id}/cancel", target: "frame" });
      const frame = Object.assign(document.createElement("iframe"), { name: "frame", src: url });
      document.body.append(frame, form);
      await new Promise((resolve) => { frame.onload = resolve; });
      const loaded = new Promise((resolve) => { frame.onload = resolve; });
      form.submit();
      await loaded;
      return read.join("");
    })()`);
    expect(outcome).toBe("");
    expect(statuses).toContain(`/page/turns/${id}/cancel 403`);
    expect(statuses.filter((status) => !status.endsWith(" 403"))).toEqual([]);
    expect(await running()).toHaveLength(1);
    left.abort();
    await answer;
  });

  test("asked nothing elsewhere, and did nothing that its policy forbids", () => {
    expect(faults).toEqual([]);
  });
});

function foreignPage(): Response {
  return new Response("<!doctype html><title>Elsewhere</title>", { headers: { "content-type": "text/html" } });
}
