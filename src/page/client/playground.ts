import { reasonOf } from "../../core/error.ts";
import { element, say } from "./elements.ts";
import { bodyOf, curlOf, type Piece, type Question, readChunk, shortened } from "./question.ts";
import { eventsOf, type Server } from "./server.ts";

type Image = { readonly name: string; readonly url: string };

/** Lets the form ask, and shows the same as a command while it is written. */
export class Playground {
  readonly #server: Server;
  readonly #text = element("ask-text", HTMLTextAreaElement);
  readonly #system = element("ask-system", HTMLTextAreaElement);
  readonly #tools = element("ask-tools", HTMLTextAreaElement);
  readonly #schema = element("ask-schema", HTMLTextAreaElement);
  readonly #model = element("ask-model", HTMLSelectElement);
  readonly #files = element("ask-images", HTMLInputElement);
  readonly #answer = element("ask-answer", HTMLElement);
  readonly #figures = element("ask-figures", HTMLElement);
  readonly #problem = element("ask-problem", HTMLElement);
  readonly #stop = element("ask-stop", HTMLButtonElement);
  readonly #curl = element("ask-curl", HTMLElement);
  #images: readonly Image[] = [];
  #running: AbortController | undefined;

  constructor(server: Server) {
    this.#server = server;
    const form = element("ask", HTMLFormElement);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#ask();
    });
    form.addEventListener("input", () => this.#showCurl());
    this.#files.addEventListener("change", () => void this.#readImages());
    this.#stop.addEventListener("click", () => this.#running?.abort());
    for (const button of form.querySelectorAll<HTMLButtonElement>("[data-example]")) {
      button.addEventListener("click", () => {
        element(button.dataset.example ?? "", HTMLTextAreaElement).value = button.dataset.text ?? "";
        this.#showCurl();
      });
    }
    this.#showCurl();
  }

  get #question(): Question {
    return {
      model: this.#model.value,
      text: this.#text.value === "" ? this.#text.placeholder : this.#text.value,
      system: this.#system.value,
      images: this.#images.map(({ url }) => url),
      tools: this.#tools.value,
      schema: this.#schema.value,
    };
  }

  #showCurl(): void {
    try {
      const command = curlOf(location.origin, bodyOf(this.#question), this.#server.key !== undefined);
      this.#curl.dataset.whole = command;
      const code = document.createElement("code");
      code.textContent = shortened(command);
      this.#curl.replaceChildren(code);
      say(this.#problem, "");
    } catch (reason) {
      say(this.#problem, reasonOf(reason));
    }
  }

  async #readImages(): Promise<void> {
    this.#images = await Promise.all([...(this.#files.files ?? [])].map(readFile));
    const shown = this.#images.map(({ name, url }) => {
      const [item, image] = [document.createElement("li"), document.createElement("img")];
      image.src = url;
      image.alt = name;
      item.append(image);
      return item;
    });
    element("ask-shown", HTMLElement).replaceChildren(...shown);
    this.#showCurl();
  }

  async #ask(): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    const answer = new Answer(this.#answer, this.#figures);
    say(this.#problem, "");
    this.#stop.hidden = false;
    this.#answer.setAttribute("aria-busy", "true");
    try {
      const response = await this.#server.ask("/v1/chat/completions", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(bodyOf(this.#question)),
        signal: running.signal,
      });
      for await (const data of eventsOf(response)) for (const piece of readChunk(data)) answer.add(piece);
    } catch (reason) {
      if (!running.signal.aborted) say(this.#problem, reasonOf(reason));
      else answer.add({ finish: "stopped" });
    }
    if (this.#running !== running) return;
    this.#stop.hidden = true;
    this.#answer.removeAttribute("aria-busy");
  }
}

/** An answer as it is written. */
class Answer {
  readonly #output: HTMLElement;
  readonly #figures: HTMLElement;
  readonly #startedAt = performance.now();
  #firstAt: number | undefined;
  readonly #parts = new Map<string, HTMLElement>();

  constructor(output: HTMLElement, figures: HTMLElement) {
    this.#output = output;
    this.#figures = figures;
    output.replaceChildren();
    figures.textContent = "";
  }

  add({ text, thinking, call, finish, usage, error }: Piece): void {
    if (thinking) this.#write("thinking", "thinking", thinking);
    if (text) this.#write("text", "text", text);
    if (call?.name) this.#write(`call-${call.index}`, "call", `${call.name} `);
    if (call?.args) this.#write(`call-${call.index}`, "call", call.args);
    if (error) this.#write("error", "failed", error);
    if (finish && finish !== "stop") this.#note(finish === "tool_calls" ? "calls tools" : finish);
    if (usage) this.#note(`${usage.prompt} tokens in (${usage.cached} cached), ${usage.output} out`);
  }

  #write(key: string, kind: string, text: string): void {
    if (this.#firstAt === undefined) {
      this.#firstAt = performance.now();
      this.#note(`first token after ${Math.round(this.#firstAt - this.#startedAt)} ms`);
    }
    let part = this.#parts.get(key);
    if (part === undefined) {
      part = document.createElement(kind === "call" ? "pre" : "p");
      part.className = kind;
      this.#parts.set(key, part);
      this.#output.append(part);
    }
    part.append(text);
  }

  #note(text: string): void {
    this.#figures.append(this.#figures.textContent === "" ? text : ` · ${text}`);
  }
}

function readFile(file: File): Promise<Image> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name: file.name, url: String(reader.result) });
    reader.onerror = () => reject(reader.error ?? new Error(`${file.name} cannot be read`));
    reader.readAsDataURL(file);
  });
}
