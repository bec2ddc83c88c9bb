import { type PathContext, pathsOf } from "../../../config/paths.ts";
import { PROGRAM } from "../../command.ts";
import type { Client, ClientFile } from "../client.ts";
import { isTree, type Path, type Tree, valueAt } from "../config-file/format.ts";
import { ANY_KEY, type Connection, KEY_VARIABLE, keySetting } from "../connection.ts";
import { fileGuide, thirdPartyNote } from "../file-guide.ts";
import { modelEntry } from "./pi.ts";

const PROVIDER: Path = ["models", "providers", PROGRAM];
const KEY: Path = [...PROVIDER, "apiKey"];
const MODEL: Path = ["agents", "defaults", "model"];
/** Where it is not empty, no other models may be chosen. */
const ALLOWED: Path = ["agents", "defaults", "modelPolicy", "allow"];
const OURS = `${PROGRAM}/`;

const file: ClientFile = {
  format: "json5",
  path: configPath,
  blank: {},
  entries: (connection, current) => {
    const { baseUrl, model, models } = connection;
    const allowed = valueAt(current, ALLOWED);
    return [
      { path: modelPath(current), value: OURS + model },
      ...oldSettings(current, connection).map((path) => ({ path, value: undefined })),
      ...(Array.isArray(allowed) && allowed.length > 0 && !allowed.some(isOurs)
        ? [{ path: [...ALLOWED, allowed.length], value: `${OURS}*` }]
        : []),
      { path: [...PROVIDER, "baseUrl"], value: baseUrl },
      { path: KEY, value: keySetting(connection, `\${${KEY_VARIABLE}}`, valueAt(current, KEY)) },
      { path: [...PROVIDER, "api"], value: "openai-responses" },
      { path: [...PROVIDER, "models"], value: models.map(modelEntry) },
    ];
  },
  own: (current) => {
    const allowed = valueAt(current, ALLOWED);
    return [
      ...(isOurs(valueAt(current, modelPath(current))) ? [modelPath(current)] : []),
      ...(Array.isArray(allowed) ? allowed.flatMap((each, at) => (isOurs(each) ? [[...ALLOWED, at]] : [])) : []),
      ...(isTree(valueAt(current, PROVIDER))
        ? [PROVIDER, ...OLD.filter((path) => valueAt(current, path) === undefined)]
        : []),
    ];
  },
  hindrances: (current) => {
    const env = valueAt(current, ["env"]);
    const names = isTree(env) ? Object.keys(env).filter((name) => name.startsWith("OPENAI_")) : [];
    return names.length === 0
      ? []
      : [
          `${names.join(" and ")} stand in env: OpenClaw takes variables under env.vars alone, and refuses the file otherwise.`,
        ];
  },
  afterwards: 'A running gateway takes up the file by itself. Try it: openclaw agent exec "Say hello"',
};

/**
 * What the documents of claude-max-api-proxy had people set, and OpenClaw's own page on it. Directly under `env` OpenClaw 2026.9 refuses them; under
 * `env.vars` it takes them, but knows no model of OpenAI's with a name of Claude's.
 */
const BLOCKS: readonly Path[] = [["env"], ["env", "vars"]];
const [OLD_URL, OLD_KEY] = ["OPENAI_BASE_URL", "OPENAI_API_KEY"] as const;
const OLD: readonly Path[] = BLOCKS.flatMap((block) => [
  [...block, OLD_URL],
  [...block, OLD_KEY],
]);
/** Keys that are none. */
const NO_KEYS: readonly unknown[] = ["not-needed", ANY_KEY];

/** Where the old settings name this server: they are taken out, and with them a key that is none. */
function oldSettings(current: Tree, { port }: Connection): Path[] {
  const ours = new RegExp(`^http://(localhost|127\\.0\\.0\\.1|\\[::1\\]):(3456|${port})(/|$)`);
  return BLOCKS.flatMap((block) => {
    const url = valueAt(current, [...block, OLD_URL]);
    if (typeof url !== "string" || !ours.test(url)) return [];
    const key = [...block, OLD_KEY];
    return [[...block, OLD_URL], ...(NO_KEYS.includes(valueAt(current, key)) ? [key] : [])];
  });
}

/** It follows docs/gateway/local-models.md and docs/gateway/config-tools/custom-providers.md in the package openclaw 2026.9. */
export const openclaw: Client = {
  document: "https://docs.openclaw.ai/gateway/local-models",
  asOf: "OpenClaw 2026.9",
  file,
  guide: fileGuide({
    name: "openclaw",
    file,
    where: "~/.openclaw/openclaw.json",
    keyPlace: `${KEY_VARIABLE}, in the environment of the gateway or in ~/.openclaw/.env`,
    after: () => [
      "An agent of its own model (agents.entries.NAME.model) keeps it: name one of these models there, too.",
      "OPENAI_BASE_URL and OPENAI_API_KEY in env, as the documents of claude-max-api-proxy have them, no longer work: OpenClaw 2026.9 refuses " +
        "them there, and under env.vars it knows no model openai/claude-opus-4. --write takes them out.",
      thirdPartyNote("OpenClaw"),
    ],
  }),
};

/** https://docs.openclaw.ai/help/environment: OPENCLAW_CONFIG_PATH, else the folder of the state, else that in the home. */
function configPath({ platform, env, home }: PathContext): string {
  const { join } = pathsOf(platform);
  const named = (value: string | undefined) => {
    const text = value?.trim() ?? "";
    if (text === "" || text === "undefined" || text === "null") return undefined;
    return text === "~" || /^~[/\\]/.test(text) ? join(home, text.slice(1)) : text;
  };
  const state = named(env.OPENCLAW_STATE_DIR) ?? join(named(env.OPENCLAW_HOME) ?? home, ".openclaw");
  return named(env.OPENCLAW_CONFIG_PATH) ?? join(state, "openclaw.json");
}

/** A model is named by itself, or as the first of those to try. */
function modelPath(current: Tree): Path {
  return typeof valueAt(current, MODEL) === "string" ? MODEL : [...MODEL, "primary"];
}

function isOurs(reference: unknown): boolean {
  return typeof reference === "string" && reference.startsWith(OURS);
}
