import { Elysia } from "elysia";
import type { Backend, Model } from "../../core/backend.ts";
import { ApiError } from "../../core/error.ts";
import { isAnthropicClient } from "../anthropic-error.ts";

export type ModelsRoutesOptions = {
  readonly backend: Pick<Backend, "models">;
  /** Stands in for the models' creation date, which the CLI does not report. */
  readonly startedAt: Date;
};

const LIST_PATH = "/v1/models";
const PROVIDER_PREFIX = /^(?:openai|anthropic|claude-max)\//;

/** The models this account can use, in OpenAI's shape, or in Anthropic's for its SDKs. Answered from memory. */
export function modelsRoutes({ backend, startedAt }: ModelsRoutesOptions) {
  const openai = (model: Model) => toOpenAiModel(model, startedAt);
  const anthropic = (model: Model) => toAnthropicModel(model, startedAt);
  return (
    new Elysia({ name: "models" })
      .get(
        LIST_PATH,
        ({ request }) => {
          const models = backend.models();
          return isAnthropicClient(request.headers)
            ? anthropicList(models.map(anthropic))
            : openAiList(models.map(openai));
        },
        { detail: { summary: "The models that this account can use", tags: ["OpenAI", "Anthropic"] } },
      )
      // Ids contain slashes, encoded or not, so the id is everything after the prefix.
      .get(
        `${LIST_PATH}/*`,
        ({ request, path }) => {
          const model = findModel(requestedId(path), backend.models());
          return isAnthropicClient(request.headers) ? anthropic(model) : openai(model);
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

function findModel(id: string, models: readonly Model[]): Model {
  const bareId = id.replace(PROVIDER_PREFIX, "");
  const found = models.find((model) => model.id === id) ?? models.find((model) => model.id === bareId);
  if (found) return found;
  const available = models.map((model) => model.id).join(", ");
  throw new ApiError(
    "model_not_found",
    `The model '${id}' does not exist. Available models: ${available || "none yet"}.`,
    {
      param: "model",
    },
  );
}

function openAiList<T>(data: readonly T[]) {
  return { object: "list", data };
}

/** The last two are no fields of OpenAI's: for people, and for what is to be shown to them. */
function toOpenAiModel({ id, displayName, resolvedModel }: Model, startedAt: Date) {
  return {
    id,
    object: "model",
    created: Math.floor(startedAt.getTime() / 1000),
    owned_by: "anthropic",
    display_name: displayName,
    ...(resolvedModel === undefined ? {} : { resolved_model: resolvedModel }),
  };
}

function anthropicList<T extends { readonly id: string }>(data: readonly T[]) {
  return { data, has_more: false, first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

function toAnthropicModel({ id, displayName }: Model, startedAt: Date) {
  return { type: "model", id, display_name: displayName, created_at: startedAt.toISOString() };
}
