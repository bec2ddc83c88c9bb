import { type Content, type Html, html } from "./html.ts";
import { renderConnect } from "./sections/connect.ts";
import { renderPlan } from "./sections/plan.ts";
import { renderPlayground } from "./sections/playground.ts";
import { renderProcesses } from "./sections/processes.ts";
import { renderRecent, renderRunning } from "./sections/requests.ts";
import { renderStatus } from "./sections/status.ts";
import { renderUsage } from "./sections/usage.ts";
import { type PageSources, type Present, periodOf, presentOf, type Reader } from "./snapshot.ts";

/** The page takes nothing from elsewhere, runs no script but its own, and is in nobody's frame. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const DAYS = [1, 7, 30] as const;
const MOST_RECENT = 50;

/** A part that tells what is so now: the same as before where these of the figures are, but for what is told by the minute. */
export type PresentPart = {
  readonly of: readonly (keyof Present)[];
  readonly render: (present: Present) => Html;
};

/** The parts that change from second to second, by their ids. */
export const PRESENT_PARTS: Readonly<Record<string, PresentPart>> = {
  status: partOf(["health", "limits", "running", "login", "origin", "isDemo"], renderStatus),
  plan: partOf(["limits", "usedUpAt", "isDemo"], renderPlan),
  now: partOf(["running"], renderRunning),
  processes: partOf(["processes", "health", "startedAt"], renderProcesses),
};

/** What it renders can be of nothing else, and of the time. */
function partOf<F extends keyof Present>(
  of: readonly F[],
  render: (figures: Pick<Present, F | "now">) => Html,
): PresentPart {
  return { of, render };
}

/** The requests that ended last, as many as are shown. */
export function recentSection({ figures }: Pick<PageSources, "figures">, now: number): Html {
  return renderRecent(figures.recent(MOST_RECENT), now);
}

/** All that the page says, but for its frame. */
export async function renderContent(sources: PageSources, reader: Reader, now: number): Promise<Html> {
  const { origin } = reader;
  const periods = DAYS.map((days) => periodOf(sources.figures, days, now, reader.minutesEast));
  const present = presentOf(sources, origin, now);
  const guides = (await sources.guides?.(origin, sources.models())) ?? [];
  const section = (id: string, content: Content) => html`<section id="${id}">${content}</section>\n`;
  return html`${section("status", renderStatus(present))}
<div class="grid">
${section("plan", renderPlan(present))}${section("now", renderRunning(present))}${section("processes", renderProcesses(present))}
${section("usage", renderUsage(periods, sources.isDemo))}${section("recent", recentSection(sources, now))}
${guides.length > 0 && section("connect", renderConnect(guides, origin))}
${section("playground", renderPlayground(sources.models(), sources.defaultModel))}
</div>
<p class="note zone without-script">Times and days are UTC's; with JavaScript they are yours.</p>`;
}

export type Frame = Pick<PageSources, "version" | "isDemo" | "wantsKey"> & {
  /** Undefined: who looks has not shown a key yet. */
  readonly content: Html | undefined;
};

/** The whole document. Without content it asks for the key, which its script sends. */
export function renderDocument({ version, isDemo, wantsKey, content }: Frame): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>claude-max-api</title>
<link rel="icon" href="/page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page/style.css">
<script type="module" src="/page/page.js"></script>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header>
<h1>claude-max-api</h1>
<span class="note">${version}</span>
${isDemo && html`<span class="badge demo" title="Answers are simulated: no model is asked, and nothing is spent">demo</span>`}
<nav aria-label="Parts of the page" class="with-content"${content === undefined && html` hidden`}><a href="#plan">Plan</a><a href="#usage">Usage</a><a href="#recent">Requests</a><a href="#connect">Connect</a><a href="#playground">Playground</a></nav>
<span class="liveness with-content" id="liveness" data-state="off"${content === undefined && html` hidden`}>as of loading</span>
${wantsKey && html`<button type="button" class="needs-script" id="forget" hidden>Forget the key</button>`}
</header>
<main id="content"${content === undefined && html` hidden`}>${content}</main>
${
  wantsKey &&
  html`<form class="key needs-script" id="key"${content !== undefined && html` hidden`}>
<h2>This server wants a key</h2>
<p>One of those it was started with (<code>--api-key</code>, <code>--api-key-file</code>). It stays in this tab, and is gone when you close it.</p>
<label for="key-text">Key</label>
<div class="row"><input id="key-text" type="password" autocomplete="off" spellcheck="false" required><button type="submit" class="primary">Show the page</button></div>
<p class="failed" id="key-problem" role="alert" hidden></p>
</form>
${content === undefined && html`<p class="without-script key">This server wants a key, which this page can send with JavaScript alone. In a terminal, <code>claude-max-api status</code> shows the same.</p>`}`
}
${!wantsKey && html`<footer><a href="/docs">API</a><a href="/openapi.json">OpenAPI</a><a href="/v1/usage">Usage as JSON</a><a href="/metrics">Metrics</a><a href="/health">Health</a></footer>`}
</body>
</html>
`.text;
}
