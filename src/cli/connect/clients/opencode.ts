import { type PathContext, pathsOf } from "../../../config/paths.ts";
import { PROGRAM } from "../../command.ts";
import type { Client, ClientFile } from "../client.ts";
import { type Entry, isTree, leavesOf, type Path, valueAt } from "../config-file/format.ts";
import { KEY_VARIABLE, keySetting, type OfferedModel } from "../connection.ts";
import { fileGuide, newContent, thirdPartyNote } from "../file-guide.ts";

const PROVIDER: Path = ["provider", PROGRAM];
const KEY: Path = [...PROVIDER, "options", "apiKey"];
/** Where it is there, no other providers are used. */
const ENABLED: Path = ["enabled_providers"];

/** What differs between opencode and the programs that grew out of it. */
type Offshoot = Pick<Client, "document" | "asOf"> & {
  readonly title: string;
  /** The command, and the name of its folder and files. */
  readonly name: "opencode" | "kilo";
  readonly schema: string;
  /** Holds what a file would: it counts beside the files, and wins over them. */
  readonly variable: string;
  readonly where: string;
  readonly after: readonly string[];
};

/** opencode, or a program that took its file over. */
export function offshoot({ title, name, schema, variable, where, after, ...source }: Offshoot): Client {
  const file: ClientFile = {
    format: "jsonc",
    path: (context, exists) => configPath(context, exists, name),
    blank: { $schema: schema },
    entries: (connection, current) => {
      const { baseUrl, model, models } = connection;
      const enabled = valueAt(current, ENABLED);
      return [
        { path: ["model"], value: `${PROGRAM}/${model}` },
        ...(Array.isArray(enabled) && !enabled.includes(PROGRAM)
          ? [{ path: [...ENABLED, enabled.length], value: PROGRAM }]
          : []),
        { path: [...PROVIDER, "npm"], value: "@ai-sdk/openai-compatible" },
        { path: [...PROVIDER, "name"], value: PROGRAM },
        { path: [...PROVIDER, "options", "baseURL"], value: baseUrl },
        { path: KEY, value: keySetting(connection, `{env:${KEY_VARIABLE}}`, valueAt(current, KEY)) },
        ...models.flatMap(modelEntries),
      ];
    },
    own: (current) => {
      const model = valueAt(current, ["model"]);
      const enabled = valueAt(current, ENABLED);
      return [
        ...(typeof model === "string" && model.startsWith(`${PROGRAM}/`) ? [["model"]] : []),
        ...(Array.isArray(enabled) && enabled.includes(PROGRAM) ? [[...ENABLED, enabled.indexOf(PROGRAM)]] : []),
        ...(isTree(valueAt(current, PROVIDER)) ? [PROVIDER] : []),
      ];
    },
    hindrances: (current) => {
      const disabled = valueAt(current, ["disabled_providers"]);
      return Array.isArray(disabled) && disabled.includes(PROGRAM)
        ? [`disabled_providers names ${PROGRAM}, so ${title} does not use it: take it out of that list.`]
        : [];
    },
    afterwards: `It counts from the next start of ${title}. Try it: ${name} run "Say hello"`,
  };
  return {
    ...source,
    file,
    // The real key is in a variable, which is named.
    launch: (connection) => ({
      command: name,
      env: { [variable]: newContent(file, { ...connection, keyRequired: true }) },
      args: [],
    }),
    guide: fileGuide({ name, file, where, after: () => after }),
  };
}

/** It follows https://opencode.ai/docs/providers (a custom provider), /docs/models and /docs/config, as of opencode 1.18. */
export const opencode = offshoot({
  document: "https://opencode.ai/docs/providers/#custom-provider",
  asOf: "opencode 1.18",
  title: "opencode",
  name: "opencode",
  schema: "https://opencode.ai/config.json",
  variable: "OPENCODE_CONFIG_CONTENT",
  where: "~/.config/opencode/opencode.json, or in an opencode.json of your project",
  after: [
    "Titles are written by a model of the same provider; to have the smallest write them, set small_model.",
    thirdPartyNote("opencode"),
  ],
});

/** The same on all systems: what the package xdg-basedir says. Of two files there, the second wins. */
function configPath(
  { platform, env, home }: PathContext,
  exists: (path: string) => boolean,
  name: Offshoot["name"],
): string {
  const { join } = pathsOf(platform);
  const folder = join(env.XDG_CONFIG_HOME || join(home, ".config"), name);
  const withComments = join(folder, `${name}.jsonc`);
  return exists(withComments) ? withComments : join(folder, `${name}.json`);
}

function modelEntries({ id, title, contextTokens, outputTokens }: OfferedModel): Entry[] {
  return leavesOf([...PROVIDER, "models", id], {
    ...{ name: title, attachment: true, reasoning: true },
    modalities: { input: ["text", "image"], output: ["text"] },
    limit: { context: contextTokens, output: outputTokens },
  });
}
