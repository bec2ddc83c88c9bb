import { at } from "../json-path.ts";

/** A request of a claim's, without its model and its limit, which the runner sets. */
export type LiveRequest = {
  readonly body: Readonly<Record<string, unknown>>;
  /** Default: `/v1/messages`. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** It goes to a server that was started anew, and remembers nothing. */
  readonly fresh?: true;
};

export type Answer = {
  readonly status: number;
  /** Fields that had no effect, as the server says. */
  readonly ignored: readonly string[];
  readonly body: unknown;
  /** What the server logged meanwhile, at level debug. */
  readonly log: readonly string[];
};

/** Something that this project takes for true of Anthropic's API, and how it can be seen. */
export type Claim = {
  readonly name: string;
  /** The page of Anthropic's documentation, below https://platform.claude.com/docs/en/, or where else it is from. */
  readonly source: string;
  readonly model: string;
  /** Asked in this order; a later one may be made of the answers before. */
  readonly requests: readonly (LiveRequest | ((answers: readonly Answer[]) => LiveRequest))[];
  /** The most that each answer may take; default {@link MAX_TOKENS}. */
  readonly maxTokens?: number;
  /** What each prompt amounts to at most; default {@link PROMPT_TOKENS}. */
  readonly promptTokens?: number;
  /** Searches of the web, which are paid beside the tokens. */
  readonly searches?: number;
  /** What is seen where the claim is true. */
  readonly expected: string;
  /** What was seen, in the same words. */
  readonly check: (answers: readonly Answer[]) => string;
};

export const MAX_TOKENS = 256;
export const PROMPT_TOKENS = 1_500;
/** The smallest model there is. */
export const SMALLEST = "claude-haiku-5-5";

export const LOOK = {
  name: "look",
  description: "Looks at a place.",
  input_schema: {
    type: "object",
    properties: { place: { type: "string" } },
    required: ["place"],
    additionalProperties: false,
  },
};

export function says(...content: readonly unknown[]): object {
  return { role: "user", content };
}

export const text = (words: string) => ({ type: "text", text: words });

/** The blocks of an answer of `/v1/messages`. */
export function blocksOf(answer: Answer | undefined): readonly unknown[] {
  const content = at(answer?.body, "content");
  return Array.isArray(content) ? content : [];
}

export function blockOf(answer: Answer | undefined, type: string): unknown {
  return blocksOf(answer).find((block) => at(block, "type") === type);
}

/**
 * How a request went, in few words: its status; why it was refused; what the server says that had no effect; and whether it had to ask
 * again, since the API refused what was sent at first.
 */
export function told(answer: Answer | undefined): string {
  if (answer === undefined) return "nothing";
  const { status, ignored, body, log } = answer;
  if (status !== 200) return `${status} ${String(at(body, "error", "message")).slice(0, 150)}`;
  const isAgain = log.some((line) => line.includes("asking again"));
  return [
    "200",
    ...(ignored.length === 0 ? [] : [`ignored ${ignored.join(" ")}`]),
    ...(isAgain ? ["asked again"] : []),
  ].join(", ");
}

/** The same, with the kinds of blocks that the answer has, each once. */
export function toldWithBlocks(answer: Answer | undefined): string {
  const types = [...new Set(blocksOf(answer).map((block) => String(at(block, "type"))))];
  return [told(answer), ...types].join(", ");
}
