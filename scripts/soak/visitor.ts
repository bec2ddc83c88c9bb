import { expectedTurns } from "../../test/support/agent-conversation.ts";
import { PNG } from "../../test/support/media.ts";
import { functionTool, result, type ToolCall, type ToolMessage, user } from "../../test/support/tools.ts";
import type { Random } from "../arena/random.ts";
import { type Exchange, exchange, type Leaving } from "./client.ts";
import type { Ledger } from "./ledger.ts";
import { answerTo, type Order, order } from "./model.ts";

export type Activity = "question" | "conversation" | "tools" | "image" | "structured" | "refused" | "failure";

const WEIGHTS: readonly (readonly [Activity, number])[] = [
  ["question", 30],
  ["conversation", 20],
  ["tools", 20],
  ["image", 8],
  ["structured", 8],
  ["refused", 7],
  ["failure", 7],
];
/** Few, so that processes are reused, rewound and taken over all the time. */
const SYSTEMS = ["", "You are short.", "You are a pirate."] as const;
const TOOLS = [functionTool("look", { type: "object", properties: { n: { type: "number" } } })];
const IMAGE = { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } };
const SCHEMA = {
  type: "object",
  properties: { tag: { type: "integer" } },
  required: ["tag"],
  additionalProperties: false,
};
/** One that the API keeps to, and one that the CLI checks. */
const SCHEMAS = [SCHEMA, { ...SCHEMA, maxProperties: 1 }] as const;
/** Of all requests; half of these leave before the answer begins. */
const LEAVING = 0.08;
const MODEL = "claude-sonnet-4";
/** What makes a request one that is not understood. */
const REFUSED: readonly [object, ...object[]] = [{ messages: 5 }, { messages: [] }, { model: "gpt-none" }];

type Message = { role: string; content: unknown; tool_calls?: ToolCall[]; tool_call_id?: string };

/** What visitors have in common. */
export type Visit = {
  readonly url: string;
  readonly ledger: Ledger;
  readonly canLeave: boolean;
  nextTag(): number;
  /** Told of each exchange when it is over; gives what a fault it was, if it was one. */
  onExchange(activity: Activity, tag: number, over: Exchange): void;
  onFault(fault: string): void;
};

/** A client that does one thing after the other. */
export class Visitor {
  readonly #random: Random;
  readonly #visit: Visit;

  constructor(random: Random, visit: Visit) {
    this.#random = random;
    this.#visit = visit;
  }

  async act(): Promise<void> {
    const activity = this.#random.weighted(WEIGHTS);
    const session = new Session(activity, this.#random, this.#visit);
    switch (activity) {
      case "question":
        await session.ask(this.#random.pick(["say", "long"]));
        return;
      case "conversation":
        return session.converse();
      case "tools":
        return session.callTools();
      case "image":
        await session.ask("say", { parts: [IMAGE] });
        return;
      case "structured":
        return session.giveJson();
      case "refused":
        return session.beRefused();
      case "failure":
        await session.ask(this.#random.pick(["fail", "cut", "break"]), { argument: this.#random.between(0, 2) });
    }
  }
}

type AskOptions = { readonly parts?: readonly object[]; readonly fields?: object; readonly argument?: number };

/** One conversation, as long as it lasts. */
class Session {
  readonly #activity: Activity;
  readonly #random: Random;
  readonly #visit: Visit;
  readonly #system: string;
  #messages: Message[] = [];

  constructor(activity: Activity, random: Random, visit: Visit) {
    this.#activity = activity;
    this.#random = random;
    this.#visit = visit;
    this.#system = random.pick(SYSTEMS);
  }

  async converse(): Promise<void> {
    for (let turns = this.#random.between(2, 5); turns > 0; turns--) {
      // Now and then the last question is put in other words.
      if (this.#messages.length > 0 && this.#random.chance(0.2)) this.#messages = this.#messages.slice(0, -2);
      if ((await this.ask("say")) === undefined) return;
    }
  }

  async callTools(): Promise<void> {
    const fields = { tools: TOOLS };
    let message = await this.ask("call", { fields, argument: this.#random.between(1, 3) });
    for (let steps = this.#random.between(1, 4); steps > 0 && message?.tool_calls !== undefined; steps--) {
      const tag = this.#visit.nextTag();
      const what = order(tag, steps > 1 ? "call" : "say", this.#random.between(1, 2));
      this.#messages = [...this.#messages, ...message.tool_calls.map(({ id }) => result(id, what))];
      message = await this.#send(tag, fields);
    }
  }

  async giveJson(): Promise<void> {
    const json_schema = { name: "tag", strict: true, schema: this.#random.pick(SCHEMAS) };
    await this.ask("give", { fields: { response_format: { type: "json_schema", json_schema } } });
  }

  async beRefused(): Promise<void> {
    const tag = this.#visit.nextTag();
    this.#messages = [user(order(tag, "say"))];
    await this.#send(tag, this.#random.pick(REFUSED));
  }

  /** The answer, when there is one that a conversation can go on from. */
  ask(what: Order, { parts = [], fields = {}, argument = 0 }: AskOptions = {}): Promise<ToolMessage | undefined> {
    const tag = this.#visit.nextTag();
    const said = order(tag, what, argument);
    this.#messages = [...this.#messages, user(parts.length === 0 ? said : [...parts, { type: "text", text: said }])];
    return this.#send(tag, fields);
  }

  async #send(tag: number, fields: object): Promise<ToolMessage | undefined> {
    const { ledger, url, onExchange } = this.#visit;
    const stream = this.#random.chance(0.6);
    const system = this.#system === "" ? [] : [{ role: "system", content: this.#system }];
    const body = { model: MODEL, stream, messages: [...system, ...this.#messages], ...fields };
    ledger.sent(tag, JSON.stringify({ system: this.#system, turns: expectedTurns(this.#messages) }));
    const over = await exchange(url, body, stream, this.#leaving());
    onExchange(this.#activity, tag, over);
    if (over.answer.type !== "message") return undefined;
    const { message } = over.answer;
    if (!isRight(this.#activity, tag, message))
      this.#visit.onFault(`request ${tag} was answered ${JSON.stringify(message)}`);
    this.#messages = [...this.#messages, message];
    return message;
  }

  #leaving(): Leaving | undefined {
    if (!this.#visit.canLeave || !this.#random.chance(LEAVING)) return undefined;
    const from = this.#random.chance(0.5) ? "request" : "answer";
    return { from, afterMs: this.#random.between(0, 60) };
  }
}

/** Whether it answers the request itself, and not another. */
function isRight(activity: Activity, tag: number, { content, tool_calls: calls }: ToolMessage): boolean {
  if (activity === "structured") return content === JSON.stringify({ tag });
  if (calls !== undefined) return calls.every(({ id }) => id.startsWith(`toolu_${tag}_`));
  return content?.endsWith(answerTo(tag)) ?? false;
}
