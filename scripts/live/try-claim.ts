import { type Answer, type Claim, type LiveRequest, MAX_TOKENS } from "./claim.ts";

export type Outcome = { readonly claim: Claim; readonly seen: string };

export type ClaimServer = {
  ask(request: LiveRequest): Promise<Answer>;
  /** What is asked next is asked of one that remembers nothing. */
  restart(): Promise<void>;
};

/**
 * Asks what each claim asks, one request after the other. What needs a server that remembers nothing waits until nothing else is left to
 * ask: then one start serves all that waits. Gives the outcomes as they come.
 */
export async function* tryClaims(claims: readonly Claim[], server: ClaimServer): AsyncGenerator<Outcome> {
  let trials = claims.map((claim) => trial(claim, server));
  while (trials.length > 0) {
    const waiting: typeof trials = [];
    for (const one of trials) {
      const { done, value } = await one.next();
      if (done) yield value;
      else waiting.push(one);
    }
    trials = waiting;
    if (trials.length > 0) await server.restart();
  }
}

/** Yields where the next request needs a server that remembers nothing. The model and the limit are the claim's, whatever its requests say. */
async function* trial(claim: Claim, server: ClaimServer): AsyncGenerator<void, Outcome> {
  const answers: Answer[] = [];
  try {
    for (const step of claim.requests) {
      const request = typeof step === "function" ? step(answers) : step;
      if (request.fresh) yield;
      const isCount = request.path?.endsWith("count_tokens") ?? false;
      const limit = isCount ? {} : { max_tokens: claim.maxTokens ?? MAX_TOKENS };
      answers.push(await server.ask({ ...request, body: { ...request.body, model: claim.model, ...limit } }));
    }
    return { claim, seen: claim.check(answers) };
  } catch (reason) {
    return { claim, seen: reason instanceof Error ? reason.message : String(reason) };
  }
}

export function isSame({ claim, seen }: Outcome): boolean {
  return seen === claim.expected;
}

/** A table in Markdown. */
export function reportOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { claim, seen } = outcome;
    return [claim.name, claim.model, claim.expected, seen, isSame(outcome) ? "same" : "different"];
  });
  return [["claim", "model", "expected", "seen", ""], ["---", "---", "---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`)
    .join("\n");
}
