import { PROGRAM } from "../../command.ts";
import { type Client, type ClientFile, fileIn } from "../client.ts";
import { type Entry, isTree, leavesOf, type Path, type Tree, valueAt } from "../config-file/format.ts";
import { ANY_KEY, type Connection, chosen, KEY_VARIABLE, type OfferedModel, rootUrl } from "../connection.ts";
import { fileGuide } from "../file-guide.ts";

const PROVIDER: Path = ["providers", PROGRAM];
const DEFAULT: Path = ["default_model"];
const MODELS: Path = ["models"];
/** Before the names of our models, by which they are chosen there. */
const OURS = `${PROGRAM}/`;

const file: ClientFile = {
  format: "toml",
  path: fileIn("KIMI_CODE_HOME", ".kimi-code", "config.toml"),
  blank: {},
  entries: (connection, current) => [
    { path: DEFAULT, value: OURS + connection.model },
    { path: [...PROVIDER, "type"], value: "anthropic" },
    { path: [...PROVIDER, "base_url"], value: rootUrl(connection.baseUrl) },
    ...keyEntries(connection, valueAt(current, PROVIDER)),
    ...connection.models.flatMap(modelEntries),
  ],
  own: (current) => [
    ...(isOurs(valueAt(current, DEFAULT)) ? [DEFAULT] : []),
    ...(isTree(valueAt(current, PROVIDER)) ? [PROVIDER] : []),
    ...ownModels(current).map((name) => [...MODELS, name]),
  ],
  afterwards: 'It counts from the next start of Kimi Code. Try it: kimi --prompt "Say hello"',
};

/** It follows https://moonshotai.github.io/kimi-code/en/configuration/providers.html, as of Kimi Code 2.1. */
export const kimiCode: Client = {
  document: "https://moonshotai.github.io/kimi-code/en/configuration/providers.html",
  asOf: "Kimi Code 2.1",
  file,
  launch: (connection) => ({ command: "kimi", env: launchVariables(connection), args: [] }),
  guide: fileGuide({
    name: "kimi-code",
    file,
    where: "~/.kimi-code/config.toml; what stands before the first table has to stay there",
    after: () => ["Another of these models is chosen by /model, or for one run by --model."],
  }),
};

/** A key is either written or named, never both. What somebody else said of it stays. */
function keyEntries({ keyRequired, isUnasked }: Connection, provider: unknown): Entry[] {
  const [written, named] = [valueAt(provider, ["api_key"]), valueAt(provider, ["api_key_env"])];
  const isTheirs = (written !== undefined && written !== ANY_KEY) || (named !== undefined && named !== KEY_VARIABLE);
  if (isTheirs || (isUnasked && named !== undefined)) return [];
  const key = { path: [...PROVIDER, "api_key"], value: keyRequired ? undefined : ANY_KEY };
  const variable = { path: [...PROVIDER, "api_key_env"], value: keyRequired ? KEY_VARIABLE : undefined };
  // What is taken out is taken out first.
  return keyRequired ? [key, variable] : [variable, key];
}

/** What Claude's models can do it knows by their names. */
function modelEntries({ id, title, contextTokens, outputTokens }: OfferedModel): Entry[] {
  return leavesOf([...MODELS, OURS + id], {
    provider: PROGRAM,
    model: id,
    max_context_size: contextTokens,
    max_output_size: outputTokens,
    display_name: title,
  });
}

function ownModels(current: Tree): string[] {
  const models = valueAt(current, MODELS);
  return isTree(models) ? Object.keys(models).filter(isOurs) : [];
}

function isOurs(name: unknown): boolean {
  return typeof name === "string" && name.startsWith(OURS);
}

/** Of docs/en/configuration/env-vars: these alone are read from the environment, and make a provider of their own. */
function launchVariables(connection: Connection): Record<string, string> {
  const { id, title, contextTokens, outputTokens } = chosen(connection);
  return {
    KIMI_MODEL_PROVIDER_TYPE: "anthropic",
    KIMI_MODEL_BASE_URL: rootUrl(connection.baseUrl),
    KIMI_MODEL_API_KEY: connection.key,
    KIMI_MODEL_NAME: id,
    KIMI_MODEL_DISPLAY_NAME: title,
    KIMI_MODEL_MAX_CONTEXT_SIZE: String(contextTokens),
    KIMI_MODEL_MAX_OUTPUT_SIZE: String(outputTokens),
    KIMI_MODEL_CAPABILITIES: "thinking,image_in,tool_use",
  };
}
