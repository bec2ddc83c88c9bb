import { blocks, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import type { RecordedRequest, Responder } from "../../src/simulator/simulator.ts";

/** What the simulated model writes when its tool was run. */
export const FINAL_TEXT = "The file is made, and nothing else was touched.";
/** What an agent's own requests, such as those for a title, are answered with. */
const ASIDE = "A file is made";

export type Order = {
  /** Marks the request that the order is for; stands in the prompt. */
  readonly mark: string;
  /** The shell command that the model wants to have run. */
  readonly command: string;
};

/** How the tools that run commands are called in the agents, and what they take. */
const SHELLS: Readonly<Record<string, (command: string) => Readonly<Record<string, unknown>>>> = {
  exec_command: (cmd) => ({ cmd }),
  shell_command: (command) => ({ command }),
  shell: (command) => ({ command: ["sh", "-c", command] }),
  bash: (command) => ({ command, description: "Makes a file" }),
  exec: (command) => ({ command }),
  run_commands: (command) => ({ commands: [command] }),
};

/** A model that runs one command, and then says that it is done. */
export function modelFor(order: () => Order | undefined): Responder {
  return (request) => {
    const current = order();
    if (current === undefined || !request.rawBody.includes(current.mark)) return text(ASIDE);
    if (hasResults(request)) return text(FINAL_TEXT);
    const name = request.body.tools?.map((tool) => tool.name).find((tool) => Object.hasOwn(SHELLS, tool));
    const input = SHELLS[name ?? ""]?.(current.command);
    if (name === undefined || input === undefined) return text(ASIDE);
    return blocks([textBlock("I make it."), toolUse("toolu_agent_01", name, input)]);
  };
}

export function hasResults({ body }: RecordedRequest): boolean {
  return body.messages.some(
    ({ content }) => Array.isArray(content) && content.some((block) => block.type === "tool_result"),
  );
}
