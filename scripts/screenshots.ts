import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { findChromium, openBrowser } from "./browser.ts";

// Pictures of the page at `/`, from the program in demo mode with some traffic: dist/screenshots has light and dark, narrow and wide,
// and docs/page.png is the README's.

const ROOT = join(import.meta.dir, "..");
const FOLDER = join(ROOT, "dist/screenshots");
const PROGRAMS = ["opencode/1.4", "codex_cli_rs/0.171 (Linux)", "Cline/4.2", "OpenAI/Python 2.8", "curl/8.14"];
const MODELS = ["claude-sonnet-4", "claude-sonnet-4", "claude-opus-4", "claude-haiku-4"];
const QUESTIONS = ["Why does this test fail?", "Review the change in src/app.ts.", "Name this function.", "And now?"];

/** A time zone in which it is afternoon, as far as there is one: a day that has just begun has little to show. */
const hoursBehind = Math.max(-14, new Date().getUTCHours() - 17);
const TZ = `Etc/GMT${hoursBehind < 0 ? "" : "+"}${hoursBehind}`;

const found = await findChromium();
if ("missing" in found) throw new Error(`There is no Chromium: ${found.missing}.`);
mkdirSync(FOLDER, { recursive: true });
const home = mkdtempSync(join(tmpdir(), "claude-max-api-screenshots-"));
const server = Bun.spawn([process.execPath, "src/main.ts", "--demo", "--port", "0", "--warm", "2"], {
  cwd: ROOT,
  env: {
    TZ,
    PATH: process.env.PATH ?? "",
    HOME: home,
    CLAUDE_MAX_API_CLAUDE_PATH: join(ROOT, "node_modules/.bin/claude"),
  },
  stdin: "ignore",
  stdout: "pipe",
  stderr: "inherit",
});
try {
  const url = await listening(server.stdout);
  for (let round = 0; round < 4; round++) {
    await Promise.all(PROGRAMS.map((program, index) => ask(url, program, round + index)));
  }
  const browser = await openBrowser(found.path);
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [390, 1440]) {
      const context = await browser.newContext({ colorScheme, timezoneId: TZ, viewport: { width, height: 900 } });
      const page = await context.newPage();
      await page.goto(url);
      await page.waitForSelector("[data-state=live]");
      await whileAsking(url, page, () =>
        page.screenshot({ path: join(FOLDER, `${colorScheme}-${width}.png`), fullPage: true }),
      );
      if (colorScheme === "light" && width === 1440) await forReadme(page, url);
      await context.close();
    }
  }
  await browser.close();
} finally {
  server.kill("SIGTERM");
  await server.exited;
  rmSync(home, { recursive: true, force: true });
}

async function forReadme(page: Page, url: string): Promise<void> {
  await page.setViewportSize({ width: 1120, height: 900 });
  await page.getByRole("tab", { name: "30 days" }).click();
  const clip = { x: 0, y: 0, width: 1120, height: 1400 };
  await whileAsking(url, page, () => page.screenshot({ path: join(ROOT, "docs/page.png"), clip, fullPage: true }));
}

/** Takes a picture while two programs ask one long thing after the other. */
async function whileAsking(url: string, page: Page, take: () => Promise<unknown>): Promise<void> {
  let isTaken = false;
  const asking = PROGRAMS.slice(0, 2).map(async (program, index) => {
    while (!isTaken) await askLong(url, program, MODELS[index + 1]);
  });
  await page.locator("#now li").nth(1).getByText("about").waitFor();
  await take();
  isTaken = true;
  await Promise.all(asking);
}

async function ask(url: string, program: string, index: number): Promise<void> {
  const content = QUESTIONS[index % QUESTIONS.length];
  await post(url, program, { model: MODELS[index % MODELS.length], messages: [{ role: "user", content }] });
}

/** Takes some seconds: the input of many fields is written slowly. */
async function askLong(url: string, program: string, model: string | undefined): Promise<void> {
  const names = Array.from({ length: 90 }, (_, index) => `field_${index}`);
  const properties = Object.fromEntries(names.map((name) => [name, { type: "string" }]));
  const schema = { type: "object", properties, required: names, additionalProperties: false };
  const response_format = { type: "json_schema", json_schema: { name: "long", schema } };
  const messages = [{ role: "user", content: "Fill the form." }];
  await post(url, program, { model, messages, response_format, stream: true });
}

async function post(url: string, program: string, body: object): Promise<void> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": program },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`status ${response.status}: ${text}`);
}

async function listening(stdout: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stdout) {
    text += decoder.decode(chunk, { stream: true });
    const url = /listens on (http:\S+)/.exec(text)?.[1];
    if (url !== undefined) return url.replace(/\/v1$/, "");
  }
  throw new Error(`the program ended without listening: ${text}`);
}
