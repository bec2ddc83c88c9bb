/** The `data` of every event of an SSE body, in order; comments are left out. */
export function sseData(body: string): string[] {
  return body
    .split("\n\n")
    .filter((frame) => frame.startsWith("data:"))
    .map((frame) => frame.replace(/^data: ?/, ""));
}

/** The parsed chunks of a stream, without the closing `[DONE]`. */
export function sseChunks(body: string) {
  return sseData(body)
    .filter((data) => data !== "[DONE]")
    .map((data) => JSON.parse(data));
}
