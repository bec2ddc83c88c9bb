/** How Anthropic names what it offers for a trial: what it is, and since when. */
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*-\d{4}-\d{2}-\d{2}$/;

/** What says who asks, or who pays, and what is no matter of a message: the login and the plan decide, which are the CLI's. */
const NOT_A_CLIENTS =
  /^(?:admin|analytics|bedrock|ce|claude-code|context-1m|dreaming|efs|experimental|fallback-credit|fast-mode|google|managed-agents|message-batches|message-threads|oauth|server-side-fallback|spend-limit|telemetry|user-profiles|vertex|webhooks)-/;

/** What the CLI says of itself where it fits the model, and what the API has for all long since. */
const OF_THE_CLI =
  /^(?:advanced-tool-use|context-management|effort|extended-cache-ttl|fine-grained-tool-streaming|interleaved-thinking|mid-conversation-system|pdfs|per-turn-control|prompt-caching|prompt-caching-scope|redact-thinking|thinking-display-updates|thinking-token-count|token-counting|tool-search-tool)-/;

const MOST = 16;

/** Of the header `anthropic-beta` those that a client may want of the API, in the order of their names; undefined when there are none. */
export function decodeBetas(header: string | null): { readonly betas?: readonly string[] } {
  const named = (header ?? "").split(",").map((name) => name.trim());
  const wanted = named.filter((name) => NAME.test(name) && !NOT_A_CLIENTS.test(name) && !OF_THE_CLI.test(name));
  const betas = [...new Set(wanted)].sort().slice(0, MOST);
  return betas.length === 0 ? {} : { betas };
}
