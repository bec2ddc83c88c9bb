import type { LoginStep } from "../../core/login.ts";
import { type Html, html, withCommands } from "../html.ts";

/** The CLI's login as far as it has come, and what goes on with it. */
export function renderLogin(step: LoginStep, origin: string): Html {
  return html`<div class="login">${contentOf(step, origin)}</div>`;
}

function contentOf(step: LoginStep, origin: string): Html {
  switch (step.type) {
    case "offered":
      return html`${renderFailure(step.failure && `The login was not finished: ${step.failure}.`)}${renderButton("/page/login", "Log in", "primary")}`;
    case "beginning":
      return html`<p>Claude Code begins its login …</p>${CANCEL}`;
    case "finishing":
      return html`<p>Claude Code gets its login …</p>${CANCEL}`;
    case "open": {
      const { automaticUrl, manualUrl, failure } = step;
      const byCode = html`${renderFailure(failure && `That did not work: ${failure}.`)}${CODE}`;
      return isThisMachine(origin)
        ? html`<p>${renderLink(automaticUrl, "Log in at Anthropic", "primary")}</p>
<p class="note">It opens in a tab of its own. This page notices when you are done.</p>
<details${failure !== undefined && html` open`}><summary>The server is on another machine, or in a container</summary>
<p>Log in ${renderLink(manualUrl, "at this address")}, and paste the code that it shows.</p>
${byCode}</details>${CANCEL}`
        : html`<p>${renderLink(manualUrl, "Log in at Anthropic", "primary")}</p>
<p>It opens in a tab of its own. Paste the code that it shows:</p>
${byCode}${CANCEL}`;
    }
  }
}

const CODE = html`<p class="without-script">Codes need JavaScript. In a terminal, <code>claude-max-api login</code> takes one.</p>
<form method="post" action="/page/login/code" class="needs-script" data-key="login-code" data-send><label for="login-code">Code</label>
<div class="row"><input id="login-code" name="code" autocomplete="off" spellcheck="false" required><button type="submit" class="primary">Finish</button></div></form>`;

const CANCEL = renderButton("/page/login/cancel", "Cancel the login");

function renderButton(action: string, words: string, kind = ""): Html {
  return html`<form method="post" action="${action}" data-send><button type="submit" class="${kind}">${words}</button></form>`;
}

function renderLink(url: string, words: string, kind = ""): Html {
  return html`<a href="${url}" class="${kind}" target="_blank" rel="noopener noreferrer">${words}</a>`;
}

function renderFailure(failure: string | undefined): Html | undefined {
  return failure === undefined ? undefined : html`<p class="failed" role="alert">${withCommands(failure)}</p>`;
}

/** Whether who looks is where the CLI listens for the browser's return, as far as the address tells. */
function isThisMachine(origin: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(origin).hostname);
}
