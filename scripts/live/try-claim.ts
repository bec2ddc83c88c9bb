import { type Answer, type Claim, type LiveRequest, MAX_TOKENS } from "./claim.ts";

export type Outcome = { readonly claim: Claim; readonly seen: string };

/** Asks what a claim asks, one request after the other; the model and the limit are the claim's, whatever its requests say. */
export async function tryClaim(claim: Claim, ask: (request: LiveRequest) => Promise<Answer>): Promise<Outcome> {
  const answers: Answer[] = [];
  try {
    for (const step of claim.requests) {
      const request = typeof step === "function" ? step(answers) : step;
      const isCount = request.path?.endsWith("count_tokens") ?? false;
      const limit = isCount ? {} : { max_tokens: claim.maxTokens ?? MAX_TOKENS };
      answers.push(await ask({ ...request, body: { ...request.body, model: claim.model, ...limit } }));
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
