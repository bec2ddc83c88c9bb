import type { ResponseBody } from "./schema.ts";
import type { ResponseStore } from "./store.ts";

/** The model that is asked: the one named, else that of the response which this one goes on after, else the default. */
export function modelOf(
  { model, previous_response_id }: Pick<ResponseBody, "model" | "previous_response_id">,
  store: ResponseStore,
  defaultModel: string,
): string {
  if (model) return model;
  const previous = previous_response_id ? store.get(previous_response_id)?.response.model : undefined;
  return typeof previous === "string" && previous !== "" ? previous : defaultModel;
}
