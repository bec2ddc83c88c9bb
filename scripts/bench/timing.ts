export type Timed = {
  /** From sending the request until the text that counts as its beginning has arrived. */
  readonly beginMs: number;
  /** Until the end of the response. */
  readonly endMs: number;
  readonly body: string;
};

/** Asks for a stream and reads it whole; it begins with the first bytes that complete `beginning`. */
export async function timeStream(
  url: string,
  body: object,
  beginning: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Timed> {
  const start = performance.now();
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: "Bearer any",
      "anthropic-version": "2023-06-01",
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const decoder = new TextDecoder();
  let seen = "";
  let beginMs: number | undefined;
  for await (const chunk of response.body ?? []) {
    seen += decoder.decode(chunk, { stream: true });
    if (beginMs === undefined && seen.includes(beginning)) beginMs = performance.now() - start;
  }
  if (beginMs === undefined) throw new Error(`no ${beginning} from ${url}: ${seen}`);
  return { beginMs, endMs: performance.now() - start, body: seen };
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** A row of a table of milliseconds. */
export function row(name: string, figures: readonly number[]): string {
  return `${name.padEnd(36)}${figures.map((ms) => ms.toFixed(1).padStart(8)).join("")}`;
}
