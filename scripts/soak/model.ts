import { type ApiBlock, blocksOf, isFields, readContent } from "../../src/simulator/messages-body.ts";
import {
  apiError,
  blocks,
  cutMidStream,
  errorMidStream,
  type Reply,
  text,
  toolUse,
} from "../../src/simulator/reply.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";

// The simulated model does what the last message asks for. Each request's last message holds a number of its own.

export type Order = "say" | "long" | "call" | "give" | "fail" | "cut" | "break";

const FAILURES = [
  [500, "api_error"],
  [529, "overloaded_error"],
  [429, "rate_limit_error"],
] as const;
const LONG_PIECES = 40;
const LONG_PAUSE_MS = 5;

/** `argument`: how many calls, or which failure. */
export function order(tag: number, what: Order, argument = 0): string {
  return `[r${tag}] ${what} ${argument}`;
}

function readOrder(content: string): { tag: number; what: string; argument: number } | undefined {
  const [, tag, what, argument] = /\[r(\d+)\] (\w+) (\d+)/.exec(content) ?? [];
  return what === undefined ? undefined : { tag: Number(tag), what, argument: Number(argument) };
}

/** What a text answer to a request must say. */
export const answerTo = (tag: number) => `re: ${tag}`;

/** The order that a request to the model ends with. */
export function orderOf({ body }: Pick<RecordedRequest, "body">) {
  const last = body.messages.findLast(({ role }) => role === "user");
  return readOrder(blocksOf(last?.content).map(textIn).join("\n"));
}

export function respond(request: Pick<RecordedRequest, "body">): Reply {
  const { tag, what, argument } = orderOf(request) ?? { tag: 0, what: "", argument: 0 };
  const answer = answerTo(tag);
  switch (what) {
    case "long": {
      // The pieces that say nothing come first, so that the end of the answer is what shows that it is whole.
      const chunks = [...Array.from({ length: LONG_PIECES }, () => "."), answer];
      return text(chunks.join(""), { chunks, delayMs: LONG_PAUSE_MS });
    }
    case "call":
      return blocks(Array.from({ length: argument }, (_, n) => toolUse(`toolu_${tag}_${n}`, "look", { n, tag })));
    case "give":
      if (request.body.output_config?.format !== undefined) return text(JSON.stringify({ tag }));
      return blocks([toolUse(`toolu_${tag}_0`, "StructuredOutput", { tag })]);
    case "fail": {
      const [status, type] = FAILURES[argument % FAILURES.length] ?? FAILURES[0];
      return apiError(status, type, "as it was ordered");
    }
    case "cut":
      return cutMidStream("It begins");
    case "break":
      return errorMidStream("It begins");
    default:
      return text(answer);
  }
}

function textIn({ type, text: content = "", ...fields }: ApiBlock): string {
  if (type !== "tool_result") return content;
  return blocksOf(readContent(fields.content))
    .map((block) => (isFields(block) ? textIn(block) : ""))
    .join("\n");
}
