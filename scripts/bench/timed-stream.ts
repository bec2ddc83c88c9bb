/** A streamed answer as it came. Times are from the moment of asking. */
export type Timed = {
  readonly firstMs: number;
  readonly endMs: number;
  /** Pieces of the answer's text. */
  readonly deltas: number;
  /** The longest time between two of them. */
  readonly maxGapMs: number;
  readonly body: string;
};

/** Which lines bring a piece of the answer's text, in each dialect. */
export const isAnthropicDelta = (line: string) => line.includes('"text_delta"');
export const isOpenAiDelta = (line: string) => line.includes('"content":"') && !line.includes('"content":""');

/** Nothing here takes as long: it bounds a contestant that hangs. */
const LIMIT_MS = 90_000;

/** Takes the time of lines. */
export class Stopwatch {
  readonly #start = performance.now();
  readonly #isDelta: (line: string) => boolean;
  #first: number | undefined;
  #last = 0;
  #maxGap = 0;
  #deltas = 0;

  constructor(isDelta: (line: string) => boolean) {
    this.#isDelta = isDelta;
  }

  see(line: string): void {
    if (!this.#isDelta(line)) return;
    const now = performance.now() - this.#start;
    if (this.#first === undefined) this.#first = now;
    else this.#maxGap = Math.max(this.#maxGap, now - this.#last);
    this.#last = now;
    this.#deltas++;
  }

  stop(body: string): Timed {
    if (this.#first === undefined) throw new Error(`an answer without text: ${body.slice(-2000)}`);
    const endMs = performance.now() - this.#start;
    return { firstMs: this.#first, endMs, deltas: this.#deltas, maxGapMs: this.#maxGap, body };
  }
}

/** Lines as soon as they are whole. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Reads a stream to its end. */
export async function timeLines(watch: Stopwatch, bytes: AsyncIterable<Uint8Array>): Promise<Timed> {
  const seen: string[] = [];
  for await (const line of linesOf(bytes)) {
    watch.see(line);
    seen.push(line);
  }
  return watch.stop(seen.join("\n"));
}

export async function timePost(
  url: string,
  body: object,
  isDelta: (line: string) => boolean,
  headers: Readonly<Record<string, string>> = {},
): Promise<Timed> {
  const watch = new Stopwatch(isDelta);
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer any", ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  if (!response.ok || response.body === null) {
    throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  }
  return timeLines(watch, response.body);
}
