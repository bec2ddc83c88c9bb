import { conversationOf } from "../../src/simulator/messages-body.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";

/** Older versions of the CLI put the date before the first user turn, in a block of its own; newer ones in a system message. */
const DATE_BLOCK =
  /^<system-reminder>\nAs you answer the user's questions, you can use the following context:\n# currentDate\n/;

/**
 * The client's turns in a request that reached the simulated API: without what the CLI inserts (its "# Environment" and effort
 * marks, in `system` messages), and without cache marks. A string is the same as one text block.
 */
export function receivedTurns(request: RecordedRequest) {
  const [first, ...rest] = conversationOf(request.body);
  if (first === undefined) return [];
  const content = first.content.filter(({ text }) => !DATE_BLOCK.test(text ?? ""));
  return content.length === 0 ? rest : [{ ...first, content }, ...rest];
}

/** The client's system prompt: what follows the two identity blocks that the CLI always sends; undefined when nothing does. */
export function receivedSystem(request: RecordedRequest): string | undefined {
  const { system } = request.body;
  if (!Array.isArray(system)) throw new Error("the CLI always sends a list of system blocks");
  const texts = system.slice(2).map((block) => String(block.text));
  return texts.length === 0 ? undefined : texts.join("\n\n");
}
