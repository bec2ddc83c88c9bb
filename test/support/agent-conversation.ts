import { NO_OUTPUT } from "../../src/claude/turn/encode-content.ts";
import { canonicalJson } from "../../src/core/json.ts";
import type { ApiBlock } from "../../src/simulator/messages-body.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import type { Message, Question } from "./dialect-client.ts";
import { pngOf } from "./images.ts";
import { PNG } from "./media.ts";
import { receivedTurns } from "./received.ts";
import { functionTool, type ToolCall, type ToolMessage } from "./tools.ts";

export type Step = {
  readonly type: "say" | "show" | "regenerate" | "edit" | "back" | "rewrite" | "tools";
  readonly text?: string;
  readonly results?: "all" | "reversed" | "some" | "none" | "parts" | "image" | "large" | "empty";
};

const TOOLS = [functionTool("look", { type: "object", properties: { n: { type: "number" } } })];
const MORE_TOOLS = [...TOOLS, functionTool("more")];
const imagePart = (base64: string) => ({ type: "image_url", image_url: { url: `data:image/png;base64,${base64}` } });
const IMAGE_PART = imagePart(PNG);
/** Larger than the CLI leaves an image in a result that answers a call. */
const LARGE_IMAGE_PART = imagePart(pngOf(2001, 3).toString("base64"));

/** An agent and its user, as their requests show them: what they send follows from what they were answered and what they do next. */
export class Conversation {
  #messages: Message[] = [];
  #before: Message[] = [];
  #tools: { function: object }[] = TOOLS;
  readonly system: string;

  constructor(system: string) {
    this.system = system;
  }

  /** The next request. */
  next(step: Step): Question {
    this.#before = this.#messages;
    this.#messages = this.#after(step);
    const system = this.system === "" ? [] : [{ role: "system", content: this.system }];
    // Anthropic's dialect must name a limit, and a turn that waits for results goes on only with the same one. No answer reaches it:
    // after one that does, the CLI asks once more.
    const max_tokens = 20_000;
    return { model: "claude-sonnet-4", max_tokens, tools: this.#tools, messages: [...system, ...this.#messages] };
  }

  answered(message: ToolMessage): void {
    this.#messages = [...this.#messages, message];
  }

  /** There was no answer; the client takes back what it said. */
  gaveUp(): void {
    this.#messages = this.#before;
  }

  #after(step: Step): Message[] {
    const say = (text: string): Message => ({ role: "user", content: text });
    const lastUser = this.#messages.findLastIndex(({ role }) => role === "user");
    switch (step.type) {
      case "regenerate":
        if (lastUser === -1) break;
        return this.#messages.slice(0, lastUser + 1);
      case "edit":
        if (lastUser === -1) break;
        return [...this.#messages.slice(0, lastUser), say(step.text ?? "edited")];
      case "back": {
        const first = this.#messages.findIndex(({ role }) => role === "user");
        if (first === -1) break;
        return [...this.#messages.slice(0, first + 1), { role: "assistant", content: "edited" }, say("back")];
      }
      case "rewrite":
        // As a client does that shortens, or hides, what was said long ago: it goes on from the same calls and answers.
        this.#messages = this.#messages.map((message, index) => (index === 0 ? say("rewritten") : message));
        return this.#after({ ...step, type: "say" });
      case "tools":
        this.#tools = this.#tools === TOOLS ? MORE_TOOLS : TOOLS;
        break;
      case "show":
        return [...this.#withResults(step), { role: "user", content: [IMAGE_PART, { type: "text", text: step.text }] }];
      case "say":
        // With all its calls answered an agent just goes on.
        if (this.#openCalls.length > 0 && step.results !== "some" && step.results !== "none")
          return this.#withResults(step);
        return [...this.#withResults(step), say(step.text ?? "")];
    }
    return [...this.#withResults(step), say(step.text ?? "go on")];
  }

  get #openCalls(): ToolCall[] {
    return this.#messages.at(-1)?.tool_calls ?? [];
  }

  #withResults({ results = "all" }: Step): Message[] {
    const answers = this.#openCalls.map(
      ({ id }): Message => ({ role: "tool", tool_call_id: id, content: contentOf(id, results) }),
    );
    if (results === "none") return [...this.#messages];
    const sent = results === "some" ? answers.slice(1) : results === "reversed" ? answers.toReversed() : answers;
    return [...this.#messages, ...sent];
  }
}

function contentOf(id: string, results: Step["results"]): unknown {
  if (results === "empty") return "";
  const part = { type: "text", text: `seen by ${id}` };
  if (results === "image") return [IMAGE_PART, part, IMAGE_PART];
  if (results === "large") return [part, LARGE_IMAGE_PART];
  return results === "parts" ? [part, { type: "text", text: "and more" }] : part.text;
}

/** The turns that these messages must become, in one comparable form. */
export function expectedTurns(messages: readonly Message[]) {
  const turns: { role: string; content: unknown[] }[] = [];
  let open: string[] = [];
  for (const message of messages) {
    if (message.role === "system") continue;
    const role = message.role === "assistant" ? "assistant" : "user";
    if (turns.at(-1)?.role !== role) turns.push({ role, content: [] });
    const content = turns.at(-1)?.content;
    if (message.role === "tool") content?.push({ result: message.tool_call_id, content: parts(message.content) });
    else content?.push(...parts(message.content));
    if (role === "assistant") {
      open = (message.tool_calls ?? []).map(({ id }) => id);
      for (const { id, function: called } of message.tool_calls ?? []) {
        content?.push({ call: id, name: called.name, input: canonicalJson(JSON.parse(called.arguments)) });
      }
    }
    if (role === "user" && open.length > 0)
      for (const id of open) if (!hasResult(messages, id)) content?.push(missing(id));
    if (role === "user") open = [];
  }
  return turns.map(({ role, content }) => ({ role, content: inOrder(content, turns) }));
}

const missing = (id: string) => ({ result: id, content: ["No result was given for this call."] });
const hasResult = (messages: readonly Message[], id: string) =>
  messages.some(({ tool_call_id }) => tool_call_id === id);

/** Results come first, in the order of the calls. */
function inOrder(content: readonly unknown[], turns: readonly { content: readonly unknown[] }[]): unknown[] {
  const order = turns.flatMap((turn) => turn.content.map((block) => field(block, "call")).filter(Boolean));
  const place = (block: unknown) => order.indexOf(field(block, "result"));
  const results = content.filter((block) => field(block, "result") !== undefined);
  return [
    ...results.sort((a, b) => place(a) - place(b)),
    ...content.filter((block) => field(block, "result") === undefined),
  ];
}

function field(block: unknown, name: string): unknown {
  return typeof block === "object" && block !== null ? Reflect.get(block, name) : undefined;
}

function parts(content: unknown): unknown[] {
  if (typeof content === "string") return content === "" ? [] : [content];
  if (!Array.isArray(content)) return [];
  return content.map((part) =>
    field(part, "type") === "text" ? field(part, "text") : { image: field(field(part, "image_url"), "url") },
  );
}

/** The turns that a request told the model, in the same form: without its own thinking, which no client sends. */
export function toldTurns(request: RecordedRequest) {
  return receivedTurns(request).map(({ role, content }) => ({
    role,
    content: content.filter(({ type }) => type !== "thinking").map(told),
  }));
}

function told(block: ApiBlock): unknown {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
      return { image: `data:${field(block.source, "media_type")};base64,${field(block.source, "data")}` };
    case "tool_use":
      return { call: block.id, name: block.name, input: canonicalJson(block.input) };
    default:
      return { result: block.tool_use_id, content: toldResult(block.content) };
  }
}

/** An open call's failure arrives as a text in place of a block of it, and that there is no content is said there. */
function toldResult(content: unknown): unknown {
  const parts = Array.isArray(content) ? content.map(told) : [content];
  return parts.length === 1 && parts[0] === NO_OUTPUT ? [] : parts;
}
