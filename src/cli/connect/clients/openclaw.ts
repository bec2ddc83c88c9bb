import { posix, win32 } from "node:path";
import type { PathContext } from "../../../config/paths.ts";
import { PROGRAM } from "../../command.ts";
import type { Client, ClientFile } from "../client.ts";
import { isTree, type Path, type Tree, type Value, valueAt } from "../config-file/format.ts";
import { type Connection, KEY_VARIABLE, keySetting, type OfferedModel } from "../connection.ts";
import { fileGuide } from "../file-guide.ts";

const PROVIDER: Path = ["models", "providers", PROGRAM];
const KEY: Path = [...PROVIDER, "apiKey"];
const MODEL: Path = ["agents", "defaults", "model"];
/** Where it is not empty, no other models may be chosen. */
const ALLOWED: Path = ["agents", "defaults", "modelPolicy", "allow"];
const OURS = `${PROGRAM}/`;

const file: ClientFile = {
  format: "json5",
  path: configPath,
  blank: "{}\n",
  entries: (connection, current) => {
    const { baseUrl, model, models } = connection;
    const allowed = valueAt(current, ALLOWED);
    return [
      { path: modelPath(current), value: OURS + model },
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
      ...(isTree(valueAt(current, PROVIDER)) ? [PROVIDER] : []),
    ];
  },
  afterwards: 'A running gateway takes up the file by itself. Try it: openclaw agent exec "Say hello"',
};

/** It follows docs/gateway/local-models.md and docs/gateway/config-tools/custom-providers.md in the package openclaw 2026.9. */
export const openclaw: Client = {
  document: "https://docs.openclaw.ai/gateway/local-models",
  asOf: "OpenClaw 2026.9",
  file,
  guide: (connection: Connection) =>
    fileGuide({
      name: "openclaw",
      file,
      connection,
      language: "json5",
      where: "~/.openclaw/openclaw.json",
      keyAdvice: `and one of your keys in ${KEY_VARIABLE}, in the environment of the gateway or in ~/.openclaw/.env`,
      after: ["An agent of its own model (agents.entries.NAME.model) keeps it: name one of these models there, too."],
    }),
};

/** https://docs.openclaw.ai/help/environment: OPENCLAW_CONFIG_PATH, else the folder of the state, else that in the home. */
function configPath({ platform, env, home }: PathContext): string {
  const { join } = platform === "win32" ? win32 : posix;
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

function modelEntry({ id, title, contextTokens, outputTokens }: OfferedModel): Value {
  return {
    id,
    name: title,
    reasoning: true,
    input: ["text", "image"],
    contextWindow: contextTokens,
    maxTokens: outputTokens,
  };
}
