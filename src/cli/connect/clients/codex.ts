import { PROGRAM } from "../../command.ts";
import { type Client, type ClientFile, fileIn } from "../client.ts";
import { type Entry, isTree, leavesOf, type Path, type Tree, valueAt } from "../config-file/format.ts";
import { type Connection, chosen, KEY_VARIABLE } from "../connection.ts";
import { fileGuide } from "../file-guide.ts";

const PROVIDER: Path = ["model_providers", PROGRAM];
/** They go together: which model, of whom, and when a conversation has to be shortened, which Codex knows of no foreign model. */
const CHOICE: readonly Path[] = [["model"], ["model_provider"], ["model_context_window"]];

/** Of all models that this program has named in such a file. */
const CONTEXTS: readonly unknown[] = [200_000, 1_000_000];

const file: ClientFile = {
  format: "toml",
  path: fileIn("CODEX_HOME", ".codex", "config.toml"),
  blank: {},
  entries: (connection, current) => [
    ...leavesOf([], {
      model: connection.model,
      model_provider: PROGRAM,
      model_context_window: chosen(connection).contextTokens,
      model_providers: { [PROGRAM]: { name: PROGRAM, base_url: connection.baseUrl, wire_api: "responses" } },
    }),
    ...keyEntries(connection, valueAt(current, PROVIDER)),
  ],
  own: (current) => {
    const isOurs = isChosen(current);
    const isThere = isTree(valueAt(current, PROVIDER));
    return [
      ...CHOICE.filter((path) => {
        const value = valueAt(current, path);
        return isOurs ? value !== undefined : isThere && isLeftOver(path, value);
      }),
      ...(isThere ? [PROVIDER] : []),
    ];
  },
  chosenByHand: (current, { served = [] }) => {
    const model = valueAt(current, ["model"]);
    const isOurs = typeof model !== "string" || /(^|\/)claude-/.test(model) || served.includes(model);
    return isChosen(current) && !isOurs ? [["model"]] : [];
  },
  hindrances: (current) => {
    const profile = valueAt(current, ["profile"]);
    if (typeof profile !== "string") return [];
    const choice = valueAt(current, ["profiles", profile]);
    if (isTree(choice) && isChosen(choice)) return [];
    return [
      `profile = ${JSON.stringify(profile)} stands in it: a Codex that knows profiles takes what that one says of the model and its ` +
        "provider, and not these settings. Take that line out, or name another profile.",
    ];
  },
  afterwards: 'It counts from the next start of Codex. Try it: codex exec "Say hello"',
};

function isChosen(current: Tree): boolean {
  return valueAt(current, ["model_provider"]) === PROGRAM;
}

/** Whether this is a value of ours, where somebody chose another provider by hand and left the rest. */
function isLeftOver([name]: Path, value: unknown): boolean {
  if (name === "model") return typeof value === "string" && value.startsWith("claude-");
  return name === "model_context_window" && CONTEXTS.includes(value);
}

/** Codex asks nothing where the variable that it names is not set. What somebody else said of the key stays. */
function keyEntries({ keyRequired, isUnasked }: Connection, provider: unknown): Entry[] {
  const path = [...PROVIDER, "env_key"];
  if (!keyRequired) {
    return valueAt(provider, ["env_key"]) === KEY_VARIABLE && !isUnasked ? [{ path, value: undefined }] : [];
  }
  const own = ["env_key", "experimental_bearer_token", "auth"].some((name) => valueAt(provider, [name]) !== undefined);
  return own ? [] : [{ path, value: KEY_VARIABLE }];
}

/** It follows https://developers.openai.com/codex/config-reference, as of Codex 0.171. */
export const codex: Client = {
  document: "https://developers.openai.com/codex/config-reference",
  asOf: "Codex 0.171",
  file,
  // The same settings as words; what is no TOML, such as an address, it takes as a text.
  launch: (connection) => ({
    command: "codex",
    env: {},
    args: file
      .entries({ ...connection, keyRequired: true }, {})
      .flatMap(({ path, value }) => ["-c", `${path.join(".")}=${value}`]),
  }),
  guide: fileGuide({
    name: "codex",
    file,
    where: "~/.codex/config.toml; what stands before the first table has to stay there",
    after: () => [
      "Codex warns that it has found no model metadata for such a name. That does no harm: the size of the context is set above, of which " +
        "it uses at most 272,000 tokens with a model that it does not know.",
    ],
  }),
};
