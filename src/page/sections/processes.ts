import { counted, since } from "../figures.ts";
import { type Html, html } from "../html.ts";
import type { Present, ShownProcess } from "../snapshot.ts";

/** Those that do something first. */
const STATES = {
  busy: { word: "answers", what: "A request has it" },
  parked: { word: "parked", what: "It waits for the results of a program's tools" },
  starting: { word: "starts", what: "It is not up yet, or is made ready" },
  ready: { word: "ready", what: "It takes a request at once" },
} as const;
const ORDER = Object.keys(STATES);

/** More than these are told by their number. */
const MOST = 6;

/** The processes, what Claude Code they are, and for how long the server runs. */
export function renderProcesses({
  processes,
  health,
  startedAt,
  now,
}: Pick<Present, "processes" | "health" | "startedAt" | "now">): Html {
  const { cli, login } = health;
  const ordered = processes.toSorted((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));
  const more = ordered.length - MOST;
  return html`<h2>Processes</h2>
${
  ordered.length === 0
    ? html`<p class="empty">None runs. One is started for the next request.</p>`
    : html`<ul class="processes">${ordered.slice(0, MOST).map((process) => renderProcess(process, now))}</ul>`
}
${more > 0 && html`<p class="note">and ${more} more</p>`}
<dl class="facts">
<div><dt>Claude Code</dt><dd>${cli ? html`<span title="${cli.path}">${cli.version}</span>` : "not found"}</dd></div>
<div><dt>Login</dt><dd>${login ?? "–"}</dd></div>
<div><dt>Runs for</dt><dd>${since(startedAt, now)}</dd></div>
</dl>`;
}

function renderProcess({ state, model, at, turns }: ShownProcess, now: number): Html {
  const { word, what } = STATES[state];
  const remembered = turns === 0 ? "no turns" : counted(turns, "turn");
  return html`<li><span class="model">${model ?? "any model"}</span><span class="note" title="How many turns it remembers, and for how long it is in this state">${remembered} · ${since(at, now)}</span><span class="badge ${state}" title="${what}">${word}</span></li>`;
}
