import { reasonOf } from "../../core/error.ts";
import { element, say } from "./elements.ts";
import { type Liveness, stayLive } from "./live.ts";
import { morph } from "./morph.ts";
import { Playground } from "./playground.ts";
import { KeyRefused, Server } from "./server.ts";
import { enhanceTabs } from "./tabs.ts";
import { localise, minutesEast } from "./times.ts";

const WORDS: Readonly<Record<Liveness, string>> = { live: "live", lost: "connection lost", paused: "paused" };

const server = new Server();
const content = element("content", HTMLElement);

document.documentElement.classList.add("script");
document.addEventListener("click", (event) => void copyFrom(event));
document.addEventListener("submit", (event) => sendForm(event));
listenForKey();
void (content.hidden ? enter() : open());

/** Asks for the content with the key of this tab, and for the key where there is none that will do. */
async function enter(problem = ""): Promise<void> {
  if (server.key === undefined) return askForKey(problem);
  try {
    const response = await server.ask(`/page/content?tz=${minutesEast()}`);
    morph(content, await response.text());
  } catch (reason) {
    if (reason instanceof KeyRefused) server.forgetKey();
    return askForKey(reasonOf(reason));
  }
  showContent(true);
  await open();
}

async function open(): Promise<void> {
  enhanceTabs(document);
  localise(document);
  new Playground(server);
  try {
    await stayLive(server, tell);
  } catch {
    server.forgetKey();
    askForKey("The server does not take this key any more.");
  }
}

function tell(liveness: Liveness): void {
  const sign = element("liveness", HTMLElement);
  if (sign.dataset.state === liveness) return;
  sign.dataset.state = liveness;
  sign.textContent = WORDS[liveness];
}

function listenForKey(): void {
  const form = document.getElementById("key");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const input = element("key-text", HTMLInputElement);
    server.keepKey(input.value.trim());
    input.value = "";
    void enter();
  });
  document.getElementById("forget")?.addEventListener("click", () => {
    server.forgetKey();
    location.reload();
  });
}

function askForKey(problem: string): void {
  showContent(false);
  content.replaceChildren();
  say(element("key-problem", HTMLElement), problem);
  element("key-text", HTMLInputElement).focus();
}

function showContent(isShown: boolean): void {
  content.hidden = !isShown;
  for (const part of document.querySelectorAll<HTMLElement>("#forget, .with-content")) part.hidden = !isShown;
  element("key", HTMLElement).hidden = isShown;
}

/** Sends what a form's button is for by a request with the key; without script the form does. */
function sendForm(event: SubmitEvent): void {
  const { target: form } = event;
  if (!(form instanceof HTMLFormElement) || form.dataset.send === undefined) return;
  event.preventDefault();
  const button = form.querySelector("button");
  if (button !== null) button.disabled = true;
  const fields = Object.fromEntries(new FormData(form));
  const body = JSON.stringify(fields);
  const init = body === "{}" ? {} : { headers: { "content-type": "application/json" }, body };
  // What came of it, the page's own parts tell; what a button was for may have ended meanwhile.
  void server
    .ask(new URL(form.action).pathname, { method: "POST", ...init })
    .catch(() => {})
    .finally(() => {
      if (button !== null) button.disabled = false;
    });
}

const COPIED_MS = 1_500;

async function copyFrom({ target }: Event): Promise<void> {
  const button = target instanceof Element ? target.closest<HTMLButtonElement>("[data-copy]") : null;
  if (button === null) return;
  const source = element(button.dataset.copy ?? "", HTMLElement);
  const text = source.dataset.whole ?? source.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // Only pages of this machine, or by https, may write there: then one press of a key copies what is selected.
    getSelection()?.selectAllChildren(source);
    button.textContent = "Selected";
  }
  setTimeout(() => {
    button.textContent = "Copy";
  }, COPIED_MS);
}
