import { PROGRAM } from "../../command.ts";
import { type Client, type ClientFile, fileIn } from "../client.ts";
import { type Entry, isTree, type Path, type Tree, valueAt } from "../config-file/format.ts";
import { ANY_KEY, type Connection, KEY_VARIABLE, type OfferedModel } from "../connection.ts";
import { fileGuide } from "../file-guide.ts";

const MODELS: Path = ["modelProviders", PROGRAM];
const PROTOCOL: Path = ["providerProtocol", PROGRAM];
/** Keys are read from variables only; these here count where the environment has none. */
const KEY: Path = ["env", KEY_VARIABLE];
/** They go together: whose models it begins with, and which. */
const TYPE: Path = ["security", "auth", "selectedType"];
const MODEL: Path = ["model", "name"];

const file: ClientFile = {
  format: "jsonc",
  path: fileIn("QWEN_HOME", ".qwen", "settings.json"),
  blank: {},
  entries: (connection, current) => [
    { path: TYPE, value: "openai" },
    { path: MODEL, value: connection.model },
    { path: MODELS, value: connection.models.map((model) => modelEntry(model, connection.baseUrl)) },
    { path: PROTOCOL, value: "openai" },
    ...keyEntries(connection, current),
  ],
  own: (current) => [
    ...(isChosen(current) ? [TYPE, MODEL] : []),
    ...[MODELS, PROTOCOL].filter((path) => valueAt(current, path) !== undefined),
    ...(valueAt(current, KEY) === ANY_KEY ? [KEY] : []),
  ],
  afterwards: 'It counts from the next start of Qwen Code. Try it: qwen "Say hello"',
};

/** It follows https://qwenlm.github.io/qwen-code-docs/en/users/configuration/model-providers/, as of Qwen Code 0.24. */
export const qwenCode: Client = {
  document: "https://qwenlm.github.io/qwen-code-docs/en/users/configuration/model-providers/",
  asOf: "Qwen Code 0.24",
  file,
  launch: ({ baseUrl, key, model }) => ({
    command: "qwen",
    env: { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: key },
    args: ["--auth-type", "openai", "--openai-base-url", baseUrl, "--model", model],
  }),
  guide: fileGuide({
    name: "qwen-code",
    file,
    where: "~/.qwen/settings.json",
    keyPlace: `the environment variable ${KEY_VARIABLE}, or in ~/.qwen/.env`,
    after: () => ["Another of these models is chosen by /model."],
  }),
};

/** Whether it begins with a model of ours. */
function isChosen(current: Tree): boolean {
  const models = valueAt(current, MODELS);
  const name = valueAt(current, MODEL);
  return Array.isArray(models) && models.some((model) => isTree(model) && model.id === name);
}

function keyEntries({ keyRequired, isUnasked }: Connection, current: Tree): Entry[] {
  const present = valueAt(current, KEY);
  if (keyRequired) return present === ANY_KEY ? [{ path: KEY, value: undefined }] : [];
  // Set up for a server that wanted a key, it may still want one.
  const isSetUp = isUnasked && valueAt(current, MODELS) !== undefined;
  return present === undefined && !isSetUp ? [{ path: KEY, value: ANY_KEY }] : [];
}

function modelEntry({ id, title, contextTokens }: OfferedModel, baseUrl: string) {
  return {
    id,
    name: title,
    envKey: KEY_VARIABLE,
    baseUrl,
    generationConfig: { contextWindowSize: contextTokens },
  };
}
