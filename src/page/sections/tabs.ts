import { type Html, html } from "../html.ts";

/** Panels of which one is seen: the one that is chosen by its link, without script, too. */
export function renderTabs(label: string, tabs: readonly { id: string; title: string; content: Html }[]): Html {
  return html`<div class="tabs" data-tabs>
<nav class="tab-list" aria-label="${label}">${tabs.map(({ id, title }) => html`<a href="#${id}" id="tab-${id}">${title}</a>`)}</nav>
<div class="panels">${tabs.map(({ id, content }) => html`<div class="panel" id="${id}">${content}</div>`)}</div>
</div>`;
}
