import type { Fault } from "../../core/error.ts";
import type { TurnRecord } from "../../core/turn-record.ts";
import type { RunningTurn } from "../../core/usage.ts";
import { count, counted, grouped, moment, share, since, took } from "../figures.ts";
import { type Content, type Html, html } from "../html.ts";
import { type Present, promptOf } from "../snapshot.ts";

const STATES = { waiting: "waits", asked: "asked", answering: "answers" } as const;

/** A token of English text has about so many characters. */
const CHARACTERS_A_TOKEN = 4;

/** What runs and what waits, with a button each that ends it. */
export function renderRunning({ running, now }: Pick<Present, "running" | "now">): Html {
  const title = html`<h2>Now</h2>`;
  if (running.length === 0) {
    return html`${title}<p class="empty">Nothing runs. What programs ask shows here as it is answered, and can be cancelled.</p>`;
  }
  return html`${title}<ul class="running">${running.map((turn) => renderTurn(turn, now))}</ul>`;
}

function renderTurn({ id, caller, model, at, state, promptTokens, characters }: RunningTurn, now: number): Html {
  const who = caller.key ?? caller.client;
  return html`<li data-key="${id}">
<div class="who"><strong>${who}</strong> <span class="model">${model}</span></div>
<div class="badge ${state}">${STATES[state]}</div>
<div class="progress">${since(at, now)}${promptTokens !== undefined && html` · ${count(promptTokens)} tokens in`}${
    characters > 0 &&
    html` · <span title="Estimated from ${grouped(characters)} characters; Anthropic tells the tokens at the end">about ${count(Math.ceil(characters / CHARACTERS_A_TOKEN))} out</span>`
  }</div>
<form method="post" action="/page/turns/${id}/cancel" data-send><button type="submit" aria-label="Cancel the request of ${who}">Cancel</button></form>
</li>`;
}

export const WHOSE_FAULT: Readonly<Record<Fault, string>> = {
  client: "the program",
  plan: "the plan",
  upstream: "Anthropic",
  server: "this server",
};

const OUTCOMES: Readonly<Record<string, string>> = {
  stop: "answered",
  "tool-calls": "called tools",
  length: "reached its limit",
  "content-filter": "declined",
};

/** The requests that ended last. */
export function renderRecent(recent: readonly TurnRecord[], now: number): Html {
  const title = html`<h2>Last requests</h2>`;
  if (recent.length === 0) {
    return html`${title}<p class="empty">No request yet. <a href="#connect">Connect a program</a>, or try the <a href="#playground">playground</a>.</p>`;
  }
  return html`${title}
<div class="scroll" tabindex="0" role="region" aria-label="The last ${counted(recent.length, "request")}">
<table class="recent"><thead><tr><th scope="col">When</th><th scope="col">Program</th><th scope="col" class="wide">Model</th><th scope="col" class="number wide">In</th><th scope="col" class="number wide">Cached</th><th scope="col" class="number">Out</th><th scope="col" class="number wide">Waited</th><th scope="col" class="number wide">First token</th><th scope="col" class="number wide">Took</th><th scope="col">Outcome</th></tr></thead>
<tbody>${recent.map((turn) => renderRow(turn, now))}</tbody></table>
</div>`;
}

function renderRow(turn: TurnRecord, now: number): Html {
  const { caller, model, answered = model, outputTokens, cacheReadTokens, waitedMs, firstTokenMs, totalMs } = turn;
  const prompt = promptOf(turn);
  return html`<tr><td>${moment(turn.at, now)}</td><td>${caller.key ?? caller.client}</td><td class="model wide">${answered}</td><td class="number wide">${count(prompt)}</td><td class="number wide">${share(cacheReadTokens, prompt)}</td><td class="number">${count(outputTokens)}</td><td class="number wide">${took(waitedMs)}</td><td class="number wide">${took(firstTokenMs)}</td><td class="number wide">${took(totalMs)}</td><td>${outcomeOf(turn)}</td></tr>`;
}

function outcomeOf({ outcome, fault, isExtraUsage }: TurnRecord): Content {
  const name = OUTCOMES[outcome];
  if (name !== undefined) return isExtraUsage ? html`${name}, <strong>extra usage</strong>` : name;
  return html`<span class="failed" title="Whose doing: ${fault === undefined ? "unknown" : WHOSE_FAULT[fault]}">${outcome.replaceAll("_", " ")}</span>`;
}
