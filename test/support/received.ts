import { conversationOf } from "../../src/simulator/messages-body.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";

/**
 * The client's turns in a request that reached the simulated API: without the `system` messages that the CLI inserts (its
 * "# Environment" and effort marks), and without cache marks. A string is the same as one text block.
 */
export function receivedTurns(request: RecordedRequest) {
  return conversationOf(request.body);
}

/** The client's system prompt: what follows the two identity blocks that the CLI always sends; undefined when nothing does. */
export function receivedSystem(request: RecordedRequest): string | undefined {
  const { system } = request.body;
  if (!Array.isArray(system)) throw new Error("the CLI always sends a list of system blocks");
  const texts = system.slice(2).map((block) => String(block.text));
  return texts.length === 0 ? undefined : texts.join("\n\n");
}
