/** How a response's body ended. */
export type BodyEnd = "complete" | "client-left" | "failed";

/**
 * Tells when a response has been written: at once for one that is already whole, and for an event stream when it ends, breaks
 * or is left. Passes chunks on only as they are asked for, so a slow reader still holds the model's stream back.
 */
export function observeEnd(response: Response, onEnd: (end: BodyEnd) => void): Response {
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  if (!isStream || response.body === null) {
    onEnd("complete");
    return response;
  }
  const reader = response.body.getReader();
  let left = false;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          controller.close();
          onEnd("complete");
        } catch (cause) {
          // The read that was under way when the client left ends here too.
          if (left) return;
          controller.error(cause);
          onEnd("failed");
        }
      },
      async cancel(reason) {
        left = true;
        onEnd("client-left");
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status: response.status, headers: response.headers });
}
