import type { LimitWindow, PlanLimits } from "../../core/backend.ts";
import { windowTitle } from "../../core/plan-windows.ts";
import { duration, moment, percent, until } from "../figures.ts";
import { type Content, type Html, html } from "../html.ts";
import type { Present } from "../snapshot.ts";

type Figures = Pick<Present, "limits" | "usedUpAt" | "isDemo" | "now">;

/** The plan's windows as bars. */
export function renderPlan(present: Figures): Html {
  const { limits, isDemo } = present;
  const windows = Object.entries(limits.windows);
  const bars =
    windows.length > 0
      ? html`<div class="windows">${windows.map(([name, window]) => renderWindow(name, window, present))}</div>`
      : html`<p class="empty">Anthropic tells the limits of your plan with each answer, and none has come yet. Ask something:
from a program, or <a href="#playground">below</a>.</p>`;
  return html`<h2>Plan</h2>${isDemo && html`<p class="note">Demo: this plan is made up. It goes through all that can become of one, and nothing is refused.</p>`}
${bars}
${windows.length > 0 && html`<p class="note">${extraUsage(limits, present.now)}</p>`}`;
}

function renderWindow(name: string, window: LimitWindow, { now, usedUpAt, limits }: Figures): Html {
  const { utilization, resetsAt, seenAt } = window;
  const title = windowTitle(name);
  const usedUp = usedUpAt[name];
  const isReached = utilization >= 1 || limits.rejections.some(({ type }) => type === name);
  const tone = isReached ? "bad" : utilization >= 0.75 || usedUp !== undefined ? "warning" : "good";
  const part = Math.round(Math.min(1, Math.max(0, utilization)) * 100);
  return html`<article class="window ${tone}">
<h3>${title}</h3>
<p class="used"><strong>${percent(utilization)}</strong> used</p>
<svg class="meter" role="img" aria-label="${title}: ${percent(utilization)} used" width="100%" height="8"><rect class="track" width="100%" height="8" rx="4"/><rect class="fill" width="${part}%" height="8" rx="4"/></svg>
<p class="note">resets ${moment(resetsAt * 1000, now)}, in ${until(resetsAt * 1000, now)}</p>
<p class="note faint">${age(seenAt * 1000, now)}</p>
${usedUp !== undefined && html`<p class="forecast">At the pace of the last half hour it is used up ${moment(usedUp, now)}, ${duration(resetsAt * 1000 - usedUp)} before it resets.</p>`}
</article>`;
}

/** How old a figure is, coarsely: it is no clock. */
function age(at: number, now: number): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return "told just now";
  return `told ${minutes < 60 ? `${minutes} min` : duration(now - at)} ago`;
}

const WHY_OFF: Readonly<Record<string, string>> = {
  org_level_disabled: "it is turned off in the account",
  out_of_credits: "its credit is used up",
};

function extraUsage({ overage, extraUsage }: PlanLimits, now: number): Content {
  if (overage) return html`<strong>Extra usage is being paid for</strong> since ${moment(overage.since * 1000, now)}.`;
  const { status, disabledReason } = extraUsage ?? {};
  if (status === undefined) return "Extra usage: Anthropic has said nothing of it.";
  if (status === "rejected") {
    const reason =
      disabledReason === undefined ? "" : `: ${WHY_OFF[disabledReason] ?? disabledReason.replaceAll("_", " ")}`;
    return `Extra usage is off${reason}.`;
  }
  return "Extra usage is on, and not in use.";
}
