import { withModel } from "../../../src/api/fields/shared-fields.ts";
import { decodeRequest } from "../../../src/api/openai-completions/decode.ts";
import { CompletionBody } from "../../../src/api/openai-completions/wire.ts";
import { atOnce } from "../../../src/core/pace.ts";
import { validate } from "../../support/validate.ts";

/** Decodes a body the way the route does: only one that the schema accepts gets that far. */
export function decode(fields: object) {
  const checked = validate(CompletionBody, { model: "opus", prompt: "Once upon", ...fields });
  if (checked.issues) throw new Error(checked.issues[0].message);
  return atOnce(decodeRequest(withModel(checked.value, undefined)));
}
