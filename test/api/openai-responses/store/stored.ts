import type { StoredResponse } from "../../../../src/api/openai-responses/store/store.ts";

/** A response that was asked a text, and answered with the same. */
export function stored(id: string, text = id): StoredResponse {
  return {
    id,
    previousId: null,
    response: { id, object: "response" },
    input: [{ id: `in_${id}`, type: "message", role: "user", content: text }],
    output: [{ id: `msg_${id}`, type: "message", role: "assistant", content: [{ type: "output_text", text }] }],
  };
}
