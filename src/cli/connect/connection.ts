import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { presumedFacts } from "../../claude/models/facts.ts";
import type { Config } from "../../config/config.ts";
import { ConfigError } from "../../config/errors.ts";
import { didYouMean } from "../../config/nearest.ts";
import { OPTIONS } from "../../config/options.ts";
import { authorization, type Occupant, serverUrl } from "../running-server/who-listens.ts";
import type { Value } from "./config-file/format.ts";

export type OfferedModel = {
  readonly id: string;
  /** What people call it. */
  readonly title: string;
  readonly contextTokens: number;
  readonly outputTokens: number;
};

/** What every client has to be told: where the server is, with which key, and which models there are. */
export type Connection = {
  /** With `/v1`, without a slash at the end. */
  readonly baseUrl: string;
  readonly port: number;
  /** Stands for the key in snippets; never a configured one. */
  readonly key: string;
  /** Whether the server refuses requests without one of its keys. */
  readonly keyRequired: boolean;
  /** No server of ours could be asked whether it wants a key: where a file names one already, that stays. */
  readonly isUnasked?: boolean;
  /** The one to begin with. */
  readonly model: string;
  /** Those to offer where a client wants a list; `model` is among them. */
  readonly models: readonly OfferedModel[];
  /** All that the running server lists; absent where that is not known. */
  readonly served?: readonly string[];
};

/** The variable that clients read the key from, where they can: the server takes its own from there, too. */
export const KEY_VARIABLE = OPTIONS.apiKey.env ?? "";

/**
 * The key to write where a file may hold one: its own key stays, but for what this program wrote when the server was set up
 * otherwise. `reference` is the client's way to name the variable.
 */
export function keySetting({ key, keyRequired, isUnasked }: Connection, reference: string, present: unknown): Value {
  if (isUnasked && present === reference) return reference;
  const own = isValue(present) && present !== null && present !== reference && present !== ANY_KEY;
  return own ? present : keyRequired ? reference : key;
}

function isValue(present: unknown): present is Value {
  return typeof present === "string" || (typeof present === "object" && present !== null);
}

/** What is written where a client wants a key, and the server none. */
export const ANY_KEY = "any-key-works";

/** They stay the same whatever is newest. */
const STABLE_MODELS = ["claude-opus-4", "claude-sonnet-4", "claude-haiku-4"] as const;
/** The same of a family that newer versions of the CLI list, such as `claude-fable`. */
const FURTHER_STABLE = /^claude-[a-z]+$/;
const USUAL_MODEL = "claude-sonnet-4";

type Address = Pick<Config, "host" | "port" | "apiKeys">;

/** Where nothing is known of the models but the stable ids. */
export function connectionTo(
  config: Address,
  model: string = USUAL_MODEL,
  keyRequired: boolean = config.apiKeys.length > 0,
): Connection {
  return {
    baseUrl: `${serverUrl(config)}/v1`,
    port: config.port,
    key: keyRequired ? "YOUR_KEY" : ANY_KEY,
    keyRequired,
    model,
    models: [...new Set([...STABLE_MODELS, model])].map(presumed),
  };
}

/** What clients of Anthropic's API want: they say /v1 themselves. */
export function rootUrl(baseUrl: string): string {
  return baseUrl.replace(/\/v1$/, "");
}

/** The one to begin with, and what is known of it. */
export function chosen({ model, models }: Connection): OfferedModel {
  return models.find(({ id }) => id === model) ?? presumed(model);
}

/** The models, the one to begin with before the others. */
export function chosenFirst(connection: Connection): readonly OfferedModel[] {
  return [chosen(connection), ...connection.models.filter(({ id }) => id !== connection.model)];
}

/** A model of which the server has told nothing. */
function presumed(id: string): OfferedModel {
  const { contextTokens, outputTokens } = presumedFacts(id);
  return { id, title: modelTitle(id), contextTokens, outputTokens };
}

/**
 * Asks the running server, if it is ours. `isRefused`: it wants a key, and none of those that are set here will do, so it does not tell its
 * models. Throws ConfigError for a model that it does not have.
 */
export async function findConnection(config: Address, occupant: Occupant, wanted: string | undefined) {
  if (occupant.kind !== "ours") {
    return { connection: { ...connectionTo(config, wanted), isUnasked: true }, isRefused: false };
  }
  // Without a key that it takes, a server tells its name and status alone.
  const served = occupant.health.version === undefined ? "refused" : await servedModels(config);
  if (served === "refused") return { connection: connectionTo(config, wanted, true), isRefused: true };
  if (served === undefined) return { connection: connectionTo(config, wanted), isRefused: false };
  const ids = served.map(({ id }) => id);
  const isListed = wanted === undefined || ids.includes(wanted);
  const known = isListed ? served : [...served, await servedModel(wanted, ids, config)];
  return { connection: { ...offering(known, config, wanted), served: ids }, isRefused: false };
}

/** Of a server that lists these: the stable ids of every family among them, and the one that is wanted. */
export function offering(served: readonly OfferedModel[], config: Address, wanted?: string): Connection {
  const ids = served.map(({ id }) => id);
  const stable = [...STABLE_MODELS.filter((id) => ids.includes(id)), ...ids.filter((id) => FURTHER_STABLE.test(id))];
  const model = wanted ?? [USUAL_MODEL, ...stable, ...ids].find((id) => ids.includes(id)) ?? USUAL_MODEL;
  const offered = [...new Set([...stable, model])];
  const told = (id: string) => served.find((model) => model.id === id) ?? presumed(id);
  return { ...connectionTo(config, model), models: offered.map(told), served: ids };
}

/** A model as the server lists it. */
const ServedModel = Type.Object({
  id: Type.String(),
  display_name: Type.Optional(Type.String()),
  resolved_model: Type.Optional(Type.String()),
  context_window: Type.Optional(Type.Number()),
  max_output_tokens: Type.Optional(Type.Number()),
});
export type ServedModel = Static<typeof ServedModel>;
export const Models = Type.Object({ data: Type.Array(ServedModel) });
const TIMEOUT_MS = 5_000;

function offered({ id, display_name, context_window, max_output_tokens }: ServedModel): OfferedModel {
  const { title, contextTokens, outputTokens } = presumed(id);
  return {
    id,
    title: display_name ?? title,
    contextTokens: context_window ?? contextTokens,
    outputTokens: max_output_tokens ?? outputTokens,
  };
}

/** What the running server lists; undefined when it does not tell. */
async function servedModels(config: Address): Promise<readonly OfferedModel[] | "refused" | undefined> {
  const answer = await ask("", config);
  if (answer?.status === 401) return "refused";
  return answer?.ok && Compile(Models).Check(answer.body) && answer.body.data.length > 0
    ? answer.body.data.map(offered)
    : undefined;
}

/** The model that a request with this name would get. Throws ConfigError where there is none. */
async function servedModel(name: string, served: readonly string[], config: Address): Promise<OfferedModel> {
  const answer = await ask(`/${encodeURIComponent(name)}`, config);
  if (answer?.ok && Compile(ServedModel).Check(answer.body)) return { ...offered(answer.body), id: name };
  throw new ConfigError(
    `--model: the server has no ${JSON.stringify(name)}.${didYouMean(name, served)} It has ${served.join(", ")}.`,
  );
}

async function ask(path: string, config: Address) {
  try {
    const response = await fetch(`${serverUrl(config)}/v1/models${path}`, {
      headers: authorization(config),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body: unknown = await response.json();
    return { ok: response.ok, status: response.status, body };
  } catch {
    // It went away, or says something else: the stable ids hold for any server of ours.
    return undefined;
  }
}

/** What people call a model: the stable ids stand for the newest of their kind. */
function modelTitle(id: string): string {
  const family = /^claude-(opus|sonnet|haiku)-4$/.exec(id)?.[1];
  return family === undefined ? id : `Claude ${family.charAt(0).toUpperCase()}${family.slice(1)}`;
}
