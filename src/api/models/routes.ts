import { Elysia } from "elysia";
import type { Backend } from "../../core/backend.ts";
import { isAnthropicClient } from "../errors/anthropic-error.ts";
import { anthropicPage, openAiList, toAnthropicModel, toOpenAiModel } from "./describe-model.ts";

type ModelsRoutesOptions = {
  readonly backend: Pick<Backend, "models" | "model">;
  /** Stands in for the models' creation date, which the CLI does not report. */
  readonly startedAt: Date;
};

const LIST_PATH = "/v1/models";

/** The models this account can use, in OpenAI's shape, or in Anthropic's for its SDKs. Answered from memory. */
export function modelsRoutes({ backend, startedAt }: ModelsRoutesOptions) {
  return (
    new Elysia({ name: "models" })
      .get(
        LIST_PATH,
        ({ request }) => {
          const models = backend.models();
          if (!isAnthropicClient(request.headers)) return openAiList(models, startedAt);
          return anthropicPage(models, new URL(request.url).searchParams, startedAt);
        },
        { detail: { summary: "The models that this account can use", tags: ["OpenAI", "Anthropic"] } },
      )
      // Ids contain slashes, encoded or not, so the id is everything after the prefix.
      .get(
        `${LIST_PATH}/*`,
        ({ request, path }) => {
          const model = backend.model(requestedId(path));
          const describe = isAnthropicClient(request.headers) ? toAnthropicModel : toOpenAiModel;
          return describe(model, startedAt);
        },
        { detail: { summary: "One model", tags: ["OpenAI", "Anthropic"] } },
      )
  );
}

function requestedId(path: string): string {
  const id = path.slice(LIST_PATH.length + 1).replace(/\/$/, "");
  try {
    return decodeURIComponent(id);
  } catch {
    // A stray percent sign: the id as it stands is unknown, which is what the client will be told.
    return id;
  }
}
