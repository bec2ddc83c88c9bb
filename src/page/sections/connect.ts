import { type Html, html } from "../html.ts";
import type { Guide } from "../snapshot.ts";
import { copyButton } from "./status.ts";
import { renderTabs } from "./tabs.ts";

/** What to set in each program, as `connect` prints it. */
export function renderConnect(guides: readonly Guide[], origin: string): Html {
  const tabs = guides.map((guide) => ({
    id: `connect-${guide.name}`,
    title: guide.title,
    content: renderGuide(guide),
  }));
  return html`<h2>Connect a program</h2>
<dl class="addresses">
<div><dt>Base URL for OpenAI's API</dt><dd><code id="base-url">${origin}/v1</code>${copyButton("base-url", "Copy the base URL for OpenAI's API")}</dd></div>
<div><dt>For Anthropic's API</dt><dd><code id="root-url">${origin}</code>${copyButton("root-url", "Copy the base URL for Anthropic's API")}</dd></div>
</dl>
${renderTabs("Programs", tabs)}`;
}

function renderGuide({ name, before, snippet, after, document }: Guide): Html {
  const id = `snippet-${name}`;
  return html`<p>${before}</p>
<div class="command"><pre id="${id}" tabindex="0"><code>${snippet.text}</code></pre>${copyButton(id, "Copy the snippet")}</div>
${after.map((paragraph) => html`<p>${paragraph}</p>`)}
<p class="note">After <a href="${document}" rel="noreferrer">its makers' document</a>. In a terminal: <code>claude-max-api connect ${name}</code></p>`;
}
