import { type Named, withModel } from "../named-model.ts";
import type { ResponseBody } from "./schema.ts";
import type { ResponseStore } from "./store.ts";

/** Puts in the model where none is named: that of the response which this one goes on after, else the default. */
export function withOwnModel<Body extends Pick<ResponseBody, "model" | "previous_response_id">>(
  body: Body,
  store: ResponseStore,
  defaultModel: string | undefined,
): Named<Body> {
  const { previous_response_id: previousId } = body;
  const previous = previousId ? store.get(previousId)?.response.model : undefined;
  return withModel(body, typeof previous === "string" && previous !== "" ? previous : defaultModel);
}
