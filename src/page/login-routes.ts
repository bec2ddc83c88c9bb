import { Elysia } from "elysia";
import Type from "typebox";
import { standardSchema } from "../api/validation/standard-schema.ts";
import type { InteractiveLogin } from "../core/login.ts";
import { answerForm } from "./form-answer.ts";

/** What is said of a route of the page's. */
export const about = (summary: string) => ({ summary, tags: ["Page"] });

/** A hundred characters are usual. */
const LONGEST_CODE = 2_000;
const Code = standardSchema(Type.Object({ code: Type.String({ maxLength: LONGEST_CODE }) }));

/** The CLI's login, begun, gone on with and given up by the page. How far it is, the page's state tells; no answer has an address or a code. */
export function loginRoutes(login: InteractiveLogin) {
  const after = async (request: Request, done: Promise<void>) => {
    await done;
    return answerForm(request, { login: login.step()?.type ?? "not_wanted" });
  };
  return new Elysia({ name: "page-login" })
    .post("/page/login", ({ request }) => after(request, login.begin()), {
      detail: about("Begins the Claude CLI's own login, where one is missing or refused"),
    })
    .post("/page/login/code", ({ request, body }) => after(request, login.submit(body.code)), {
      body: Code,
      detail: about("Hands over the code that Anthropic's page shows"),
    })
    .post("/page/login/cancel", ({ request }) => after(request, login.cancel()), {
      detail: about("Gives the login up"),
    });
}
