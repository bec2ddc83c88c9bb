import type { Model } from "../../core/backend.ts";
import { type Html, html } from "../html.ts";
import { copyButton } from "./status.ts";

const TOOLS = `[
  {
    "type": "function",
    "function": {
      "name": "weather",
      "description": "The weather at a place",
      "parameters": {
        "type": "object",
        "properties": { "place": { "type": "string" } },
        "required": ["place"]
      }
    }
  }
]`;

const SCHEMA = `{
  "type": "object",
  "properties": {
    "answer": { "type": "string" },
    "certainty": { "type": "number" }
  },
  "required": ["answer", "certainty"],
  "additionalProperties": false
}`;

/** A form that asks the model, and shows the same as a command. It works with script alone. */
export function renderPlayground(models: readonly Model[], defaultModel: string): Html {
  const ids = [...new Set([defaultModel, ...models.map(({ id }) => id)])];
  return html`<h2>Playground</h2>
<p class="without-script empty">The playground needs JavaScript.</p>
<form class="playground needs-script" id="ask">
<div class="question">
<label for="ask-text">Message</label>
<textarea id="ask-text" rows="5" required placeholder="What is the capital of France?"></textarea>
<div class="row">
<div><label for="ask-model">Model</label><select id="ask-model">${ids.map((id) => html`<option>${id}</option>`)}</select></div>
<div><label for="ask-images">Images</label><input id="ask-images" type="file" multiple accept="image/png,image/jpeg,image/gif,image/webp"></div>
</div>
<ul class="images" id="ask-shown" aria-label="Images that are sent"></ul>
<details><summary>System prompt</summary><label class="unseen" for="ask-system">System prompt</label><textarea id="ask-system" rows="3" placeholder="You are brief."></textarea></details>
<details><summary>Tools</summary><label for="ask-tools">A list of functions, as OpenAI has it. Leave it empty for none.</label><textarea id="ask-tools" class="code" rows="6" spellcheck="false"></textarea><button type="button" data-example="ask-tools" data-text="${TOOLS}">Put in an example</button></details>
<details><summary>Schema of the answer</summary><label for="ask-schema">A JSON Schema that the answer holds to. Leave it empty for plain text.</label><textarea id="ask-schema" class="code" rows="6" spellcheck="false"></textarea><button type="button" data-example="ask-schema" data-text="${SCHEMA}">Put in an example</button></details>
<div class="row actions"><button type="submit" class="primary">Ask</button><button type="button" id="ask-stop" hidden>Stop</button><span class="note">It uses your plan like any other request.</span></div>
<p class="failed" id="ask-problem" role="alert" hidden></p>
</div>
<div class="answer">
<h3>Answer</h3>
<div class="output" id="ask-answer" tabindex="0" role="log" aria-label="Answer"><p class="empty">It streams here.</p></div>
<p class="note" id="ask-figures"></p>
<h3>The same as curl</h3>
<div class="command"><pre id="ask-curl" tabindex="0"><code></code></pre>${copyButton("ask-curl", "Copy the command")}</div>
</div>
</form>`;
}
