import { isJsonObject } from "../../core/json.ts";
import { invalid } from "../invalid.ts";
import { describeFields } from "../openapi/describe-fields.ts";
import { type StandardSchema, standardSchema } from "../standard-schema.ts";
import { PARAMETERS } from "./parameters.ts";
import { ResponseBody } from "./schema.ts";

const BODY = standardSchema(ResponseBody, describeFields(ResponseBody, PARAMETERS));

/** What Elysia takes as `body:` of the route. */
export const CHECKED_BODY: StandardSchema<ResponseBody> = refusingCompaction(BODY);

/** A body that came from a client. Throws an ApiError that names the field which is wrong. */
export function checkBody(body: unknown): ResponseBody {
  return CHECKED_BODY["~standard"].validate(body).value;
}

/** The same check of a body, which first says what is wrong with compacted items in its input. */
export function refusingCompaction<T>({ "~standard": { validate }, documented }: StandardSchema<T>): StandardSchema<T> {
  return {
    "~standard": {
      version: 1,
      vendor: "typebox",
      validate(body) {
        if (isJsonObject(body) && Array.isArray(body.input)) refuseCompaction(body.input);
        return validate(body);
      },
    },
    documented,
  };
}

/** Says more of them than that they are unknown: who sends them believes that they hold the conversation. */
function refuseCompaction(items: readonly unknown[]): void {
  const index = items.findIndex(
    (item) => isJsonObject(item) && typeof item.type === "string" && item.type.startsWith("compaction"),
  );
  if (index === -1) return;
  const param = `input[${index}].type`;
  const why =
    "only OpenAI can make and read compacted conversations, which are encrypted, so the model would not learn what it stands for";
  throw invalid(
    param,
    `'${param}' names a compaction: ${why}. Send the items themselves, or a message that sums them up.`,
  );
}
