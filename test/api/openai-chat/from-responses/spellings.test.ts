import { expect, test } from "bun:test";
import { withModel } from "../../../../src/api/fields/shared-fields.ts";
import { accept } from "../../../../src/api/openai-chat/decode/accept-body.ts";
import { decodeRequest } from "../../../../src/api/openai-chat/decode/request.ts";
import { atOnce } from "../../../../src/core/pace.ts";
import { SPELLINGS } from "../../../support/responses-spellings/all.ts";

// What is taken at the path of the Responses is taken where such a body is posted to the chat's.

const decode = (fields: object) => {
  const { chat, shaped, ignored } = atOnce(accept({ model: "opus", ...fields }));
  const { request, adjusted } = atOnce(decodeRequest(withModel(chat, "opus"), { shaped }));
  return { request, ignored: [...ignored, ...adjusted].sort() };
};

/** What only the other path has: what is stored, and bodies that are no such thing without an input. */
const isHere = ({ spelled }: (typeof SPELLINGS)[number]) =>
  "input" in spelled && !("messages" in spelled) && !JSON.stringify(spelled).includes("item_reference");

test.each(SPELLINGS.filter(isHere).map((spelling) => [spelling.name, spelling] as const))(
  "is taken like the textbook's: %s",
  (_, { spelled, textbook }) => {
    expect(decode(spelled).request).toEqual(decode(textbook).request);
  },
);
