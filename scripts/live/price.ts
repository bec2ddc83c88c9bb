import { type Claim, MAX_TOKENS, PROMPT_TOKENS } from "./claim.ts";

/**
 * Dollars for a million tokens of prompt and of answer, as of 2026-11-30 (https://platform.claude.com/docs/en/models/overview); Haiku 5.5
 * for prompts up to 100,000 tokens. A plan is not charged by them: they are what its limits are used up by.
 */
const PRICES: Readonly<Record<string, readonly [prompt: number, answer: number]>> = {
  "claude-haiku-5-5": [0.1, 0.5],
  "claude-haiku-4-5": [1, 5],
  "claude-sonnet-5-5": [2, 10],
  "claude-sonnet-4-6": [3, 15],
  "claude-opus-5-5": [4, 20],
  "claude-opus-5": [5, 25],
  "claude-fable-5-2": [8, 40],
};
const SEARCH_DOLLARS = 0.01;
const MILLION = 1_000_000;

export type Estimate = { readonly requests: number; readonly tokens: number; readonly dollars: number };

/** What these claims take at most: nothing is read from a cache, and every answer is as long as it may be. */
export function estimate(claims: readonly Claim[]): Estimate {
  return claims.map(estimateOf).reduce(
    (sum, { requests, tokens, dollars }) => ({
      requests: sum.requests + requests,
      tokens: sum.tokens + tokens,
      dollars: sum.dollars + dollars,
    }),
    { requests: 0, tokens: 0, dollars: 0 },
  );
}

function estimateOf({ model, requests, maxTokens = MAX_TOKENS, promptTokens = PROMPT_TOKENS, searches = 0 }: Claim) {
  const price = PRICES[model];
  if (price === undefined) throw new Error(`what ${model} costs is not in the table`);
  const each = (promptTokens * price[0] + maxTokens * price[1]) / MILLION;
  return {
    requests: requests.length,
    tokens: requests.length * (promptTokens + maxTokens),
    dollars: requests.length * each + searches * SEARCH_DOLLARS,
  };
}
