import { FAULTS } from "../../core/error.ts";
import type { UsageTotal } from "../../core/usage.ts";
import { count, dollars, grouped, share, took } from "../figures.ts";
import { type Html, html } from "../html.ts";
import { failuresOf, type Period, promptOf, type Slot } from "../snapshot.ts";
import { WHOSE_FAULT } from "./requests.ts";
import { renderTabs } from "./tabs.ts";

/** What was used today, and in the last days: of each period what {@link renderPeriod} tells, by its id. */
export function renderUsage(periods: readonly Period[], isDemo: boolean): Html {
  const tabs = periods.map((period) => ({ id: period.id, title: period.title, content: renderPeriod(period) }));
  return html`<h2>Usage</h2>${isDemo && html`<p class="note">Demo: what was used before this start is made up.</p>`}${renderTabs("Days", tabs)}`;
}

export function renderPeriod({ id, title, total, byModel, byClient, slots }: Period): Html {
  if (total === undefined) {
    return html`<p class="empty">Nothing was asked ${id === "today" ? "today" : `in the last ${title}`}.</p>`;
  }
  const prompt = promptOf(total);
  const failed = failuresOf(total);
  const whose = FAULTS.filter((fault) => total.failed[fault] > 0)
    .map((fault) => `${total.failed[fault]} by ${WHOSE_FAULT[fault]}`)
    .join(", ");
  return html`<dl class="figures">
<div><dt>Requests</dt><dd>${count(total.requests)}</dd></div>
<div><dt>Tokens in</dt><dd>${count(prompt)}</dd><dd class="note">${share(total.cacheReadTokens, prompt)} cached</dd></div>
<div><dt>Tokens out</dt><dd>${count(total.outputTokens)}</dd></div>
<div><dt>First token</dt><dd>${took(total.firstTokenMs)}</dd><dd class="note">median</dd></div>
<div><dt>At list price</dt><dd>${dollars(total.costUsd)}</dd><dd class="note">${priceNote(total)}</dd></div>
<div class="${failed > 0 ? "failed" : ""}"><dt>Errors</dt><dd>${count(failed)}</dd><dd class="note">${whose === "" ? "none" : whose}</dd></div>
</dl>
${renderChart(slots, title)}
<div class="pair">${renderTotals("Model", byModel)}${renderTotals("Program", byClient)}</div>`;
}

/** Whose money it was, and what the price leaves out. */
function priceNote({ costUsd, unpriced, extraUsage }: UsageTotal): string {
  const paid = extraUsage > 0 ? `${extraUsage} paid as extra usage` : "your plan paid it";
  if (costUsd === null) return "not told";
  return unpriced > 0 ? `${paid}; ${unpriced} not told` : paid;
}

function renderTotals(what: string, totals: readonly UsageTotal[]): Html {
  const most = Math.max(1, ...totals.map(tokensOf));
  return html`<table class="totals"><caption class="unseen">Usage by ${what.toLowerCase()}</caption><thead><tr><th scope="col">${what}</th><th scope="col" class="number">Requests</th><th scope="col" class="number">In</th><th scope="col" class="number wide">Cached</th><th scope="col" class="number">Out</th><th scope="col" class="number wide">First</th><th scope="col" class="number">Errors</th></tr></thead>
<tbody>${totals.map((total) => {
    const prompt = promptOf(total);
    const failed = failuresOf(total);
    return html`<tr><th scope="row">${total.name}<svg class="share" aria-hidden="true" width="100%" height="3"><rect width="${Math.round((100 * tokensOf(total)) / most)}%" height="3" rx="1.5"/></svg></th><td class="number">${count(total.requests)}</td><td class="number">${count(prompt)}</td><td class="number wide">${share(total.cacheReadTokens, prompt)}</td><td class="number">${count(total.outputTokens)}</td><td class="number wide">${took(total.firstTokenMs)}</td><td class="number${failed > 0 ? " failed" : ""}">${failed}</td></tr>`;
  })}</tbody></table>`;
}

function tokensOf(total: UsageTotal): number {
  return promptOf(total) + total.outputTokens;
}

const KINDS = [
  { name: "out", title: "Out", of: (total: UsageTotal) => total.outputTokens },
  { name: "in", title: "In", of: (total: UsageTotal) => total.inputTokens + total.cacheWriteTokens },
  { name: "cached", title: "In, from the cache", of: (total: UsageTotal) => total.cacheReadTokens },
] as const;

const HEIGHT = 100;
const [STEP, BAR] = [10, 7];

/** A bar for each hour or day, of the tokens by kind; what is said beside it is text, which must not be stretched with it. */
function renderChart(slots: readonly Slot[], title: string): Html {
  const highest = Math.max(...slots.map(({ total }) => (total ? tokensOf(total) : 0)));
  const top = roundUp(highest);
  const bars = slots.map(({ total, title: when }, index) => {
    if (total === undefined) return "";
    const x = index * STEP + (STEP - BAR) / 2;
    const rects = KINDS.map(({ name, of }, kind) => {
      const below = KINDS.slice(0, kind).reduce((sum, lower) => sum + lower.of(total), 0);
      const height = (of(total) / top) * HEIGHT;
      return html`<rect class="${name}" x="${x}" width="${BAR}" y="${rounded(HEIGHT - (below / top) * HEIGHT - height)}" height="${rounded(height)}"/>`;
    });
    const words = KINDS.map(({ title: kind, of }) => `${kind}: ${grouped(of(total))}`).join("\n");
    return html`<g><title>${when}\n${words}</title><rect class="whole" x="${index * STEP}" width="${STEP}" y="0" height="${HEIGHT}"/>${rects}</g>`;
  });
  const busiest = slots.find(({ total }) => total !== undefined && tokensOf(total) === highest);
  const label = `Tokens, ${title.toLowerCase()}${busiest ? `: most of them ${busiest.title}, ${grouped(highest)}` : ""}`;
  const lines = [0, 0.5, 1].map(
    (part) => html`<line x1="0" x2="${slots.length * STEP}" y1="${part * HEIGHT}" y2="${part * HEIGHT}"/>`,
  );
  const every = slots.length > 24 ? 5 : slots.length > 7 ? 6 : 1;
  return html`<figure class="chart">
<figcaption>Tokens <span class="legend">${KINDS.map(({ name, title: kind }) => html`<span class="${name}">${kind}</span>`)}</span></figcaption>
<div class="scale" aria-hidden="true"><span>${count(top)}</span><span>${count(top / 2)}</span><span>0</span></div>
<svg role="img" aria-label="${label}" viewBox="0 0 ${slots.length * STEP} ${HEIGHT}" preserveAspectRatio="none">${lines}${bars}</svg>
<div class="slots" aria-hidden="true">${slots.map(({ label: own }, index) => html`<span>${index % every === 0 && own}</span>`)}</div>
</figure>`;
}

/** The next of 1, 2, 5, 10 … that a scale can end at. */
export function roundUp(number: number): number {
  if (number <= 10) return 10;
  const size = 10 ** Math.floor(Math.log10(number));
  return ([1, 2, 5, 10].find((step) => step * size >= number) ?? 10) * size;
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100;
}
