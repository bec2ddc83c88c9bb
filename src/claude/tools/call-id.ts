import { createHash } from "node:crypto";

/** What the Messages API takes as the id of a tool call; ids of its own fit, those of other programs may not. */
const API_ID = /^[a-zA-Z0-9_-]{1,128}$/;

/** The id under which a call of the history reaches the API: the client's own wherever that is possible. */
export function apiCallId(id: string): string {
  if (API_ID.test(id)) return id;
  const digest = createHash("sha256").update(id).digest("hex").slice(0, 16);
  // No `_` before what may be a number: see `pairToolCalls`.
  return `${id.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 60)}-${digest}`;
}
