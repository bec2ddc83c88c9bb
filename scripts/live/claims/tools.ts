import { at } from "../../json-path.ts";
import { blockOf, blocksOf, type Claim, LOOK, SMALLEST, says, text, told } from "../claim.ts";

// Tools to the letter, those that the API runs itself, and answers by a schema.

const SEARCH = { type: "web_search_20250305", name: "web_search", max_uses: 1 };
const RUN = { type: "code_execution_20250825", name: "code_execution" };
const QUESTION = says(text("Search the web: who maintains the Bun runtime?"));
const SUM = says(text("Run code that prints 6 times 7."));

export const TOOLS: readonly Claim[] = [
  {
    name: "exact-tools",
    source: "agents-and-tools/tool-use/define-tools",
    model: SMALLEST,
    requests: [
      {
        body: {
          messages: [says(text("Look at the moon."))],
          tools: [{ ...LOOK, strict: true, input_examples: [{ place: "the sea" }] }],
          tool_choice: { type: "tool", name: "look" },
        },
      },
    ],
    expected: "200, string",
    check: ([answer]) => `${told(answer)}, ${typeof at(blockOf(answer, "tool_use"), "input", "place")}`,
  },
  {
    name: "output-format",
    source: "build-with-claude/structured-outputs",
    model: SMALLEST,
    requests: [
      {
        body: {
          messages: [says(text("How many legs has a spider?"))],
          output_config: {
            format: {
              type: "json_schema",
              schema: {
                type: "object",
                properties: { legs: { type: "integer" } },
                required: ["legs"],
                additionalProperties: false,
              },
            },
          },
        },
      },
    ],
    expected: "200, by the API, number",
    check([answer]) {
      const way = answer?.log.some((line) => line.includes("output=native")) ? "by the API" : "by the CLI";
      return `${told(answer)}, ${way}, ${typeof at(parse(at(blockOf(answer, "text"), "text")), "legs")}`;
    },
  },
  {
    name: "web-search",
    source: "agents-and-tools/tool-use/web-search-tool",
    model: SMALLEST,
    maxTokens: 1_000,
    promptTokens: 20_000,
    searches: 2,
    requests: [
      { body: { messages: [QUESTION], tools: [SEARCH], thinking: { type: "disabled" } } },
      // What its own tools gave goes back to the API as it came, and from a process that does not remember it.
      ([first]) => ({
        fresh: true,
        body: {
          messages: [
            QUESTION,
            { role: "assistant", content: blocksOf(first) },
            says(text("In which year did it begin?")),
          ],
          tools: [SEARCH],
          thinking: { type: "disabled" },
        },
      }),
    ],
    expected: "200, server_tool_use, web_search_tool_result; 200",
    check: ([first, second]) => {
      const types = ["server_tool_use", "web_search_tool_result"].filter((type) => blockOf(first, type) !== undefined);
      return `${[told(first), ...types].join(", ")}; ${told(second)}`;
    },
  },
  {
    name: "container",
    source: "agents-and-tools/tool-use/code-execution-tool",
    model: SMALLEST,
    maxTokens: 1_000,
    promptTokens: 5_000,
    requests: [
      { body: { messages: [SUM], tools: [RUN], thinking: { type: "disabled" } } },
      ([first]) => ({
        body: {
          messages: [SUM, { role: "assistant", content: blocksOf(first) }, says(text("And times 2?"))],
          tools: [RUN],
          container: at(first?.body, "container", "id"),
          thinking: { type: "disabled" },
        },
      }),
    ],
    expected: "200, in a container; 200, in the same",
    check([first, second]) {
      const [before, after] = [first, second].map((answer) => at(answer?.body, "container", "id"));
      const isSame = before !== undefined && before === after;
      return `${told(first)}, ${before ? "in a container" : "in none"}; ${told(second)}, in ${isSame ? "the same" : "another"}`;
    },
  },
];

function parse(json: unknown): unknown {
  try {
    return JSON.parse(String(json));
  } catch {
    return undefined;
  }
}
