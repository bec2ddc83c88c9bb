import { posix, win32 } from "node:path";
import type { PathContext } from "../../../config/paths.ts";
import { PROGRAM } from "../../command.ts";
import type { Client, ClientFile } from "../client.ts";
import { type Entry, isTree, type Path, valueAt } from "../config-file/format.ts";
import { type Connection, KEY_VARIABLE, keySetting, type OfferedModel } from "../connection.ts";
import { fileGuide, newContent, thirdPartyNote } from "../file-guide.ts";

const PROVIDER: Path = ["provider", PROGRAM];
const KEY: Path = [...PROVIDER, "options", "apiKey"];
/** Where it is there, no other providers are used. */
const ENABLED: Path = ["enabled_providers"];

/** What differs between opencode and the programs that grew out of it. */
type Offshoot = {
  readonly title: string;
  readonly command: string;
  readonly path: ClientFile["path"];
  readonly schema: string;
};

/** The file of opencode's, or of a program that took it over. */
export function opencodeFile({ title, command, path, schema }: Offshoot): ClientFile {
  return {
    format: "jsonc",
    path,
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
    afterwards: `It counts from the next start of ${title}. Try it: ${command} run "Say hello"`,
  };
}

/** What a file would hold, for the variable that counts beside the files and wins over them. It names the variable with the key. */
export function opencodeContent(file: ClientFile, connection: Connection): string {
  return newContent(file, { ...connection, keyRequired: true });
}

const file = opencodeFile({
  title: "opencode",
  command: "opencode",
  path: (context, exists) => configPath(context, exists, "opencode"),
  schema: "https://opencode.ai/config.json",
});

/** It follows https://opencode.ai/docs/providers (a custom provider), /docs/models and /docs/config, as of opencode 1.18. */
export const opencode: Client = {
  document: "https://opencode.ai/docs/providers/#custom-provider",
  asOf: "opencode 1.18",
  file,
  launch: (connection) => ({
    command: "opencode",
    env: { OPENCODE_CONFIG_CONTENT: opencodeContent(file, connection) },
    args: [],
  }),
  guide: (connection) =>
    fileGuide({
      name: "opencode",
      file,
      connection,
      language: "json",
      where: "~/.config/opencode/opencode.json, or in an opencode.json of your project",
      keyAdvice: `and one of your keys in the environment variable ${KEY_VARIABLE}`,
      after: [
        "Titles are written by a model of the same provider; to have the smallest write them, set small_model.",
        thirdPartyNote("opencode"),
      ],
    }),
};

/** The same on all systems: what the package xdg-basedir says. Of two files there, the second wins. */
export function configPath(
  { platform, env, home }: PathContext,
  exists: (path: string) => boolean,
  name: "opencode" | "kilo",
): string {
  const { join } = platform === "win32" ? win32 : posix;
  const folder = join(env.XDG_CONFIG_HOME || join(home, ".config"), name);
  const withComments = join(folder, `${name}.jsonc`);
  return exists(withComments) ? withComments : join(folder, `${name}.json`);
}

function modelEntries({ id, title, contextTokens, outputTokens }: OfferedModel): Entry[] {
  const model = [...PROVIDER, "models", id];
  return [
    { path: [...model, "name"], value: title },
    { path: [...model, "attachment"], value: true },
    { path: [...model, "reasoning"], value: true },
    { path: [...model, "modalities", "input"], value: ["text", "image"] },
    { path: [...model, "modalities", "output"], value: ["text"] },
    { path: [...model, "limit", "context"], value: contextTokens },
    { path: [...model, "limit", "output"], value: outputTokens },
  ];
}
