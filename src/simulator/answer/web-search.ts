import type { ApiFields } from "../messages-body.ts";
import { blocks, native, type Reply, type ReplyBlock, textBlock } from "../reply.ts";
import { simulatedId } from "./simulated-message.ts";

/** A page that a simulated search finds, and what it says. */
export type FoundPage = { readonly url: string; readonly title: string; readonly said: string };

/** Opaque to clients, and plainly none of the API's. */
const SEALED = Buffer.from("made up by the simulated API: nobody searched").toString("base64");

/** One search of the API's own and what it found, as recorded answers have it. */
export function searched(query: string, pages: readonly FoundPage[]): ReplyBlock[] {
  const id = simulatedId("srvtoolu");
  const found = pages.map(({ url, title }) => ({
    type: "web_search_result",
    title,
    url,
    encrypted_content: SEALED,
    page_age: null,
  }));
  return [
    native({ type: "server_tool_use", id, name: "web_search", input: { query } }),
    native({ type: "web_search_tool_result", tool_use_id: id, content: found }),
  ];
}

/** A text that names the pages which it was taken from. */
export function cited(content: string, pages: readonly FoundPage[]): ReplyBlock {
  const citations: ApiFields[] = pages.map(({ url, title, said }) => ({
    type: "web_search_result_location",
    cited_text: said,
    url,
    title,
    encrypted_index: SEALED,
  }));
  return textBlock(content, undefined, citations);
}

/** A whole answer: the search, and a sentence for each page that cites it. */
export function webSearchAnswer(query: string, pages: readonly FoundPage[]): Reply {
  const sentences = pages.map((page) => cited(page.said, [page]));
  return blocks([...searched(query, pages), textBlock(`About ${query}: `), ...sentences]);
}
