import { PROGRAM } from "../../command.ts";
import { type Client, type ClientFile, fileIn } from "../client.ts";
import { isTree, type Path, type Value, valueAt } from "../config-file/format.ts";
import { chosenFirst, KEY_VARIABLE, keySetting, type OfferedModel } from "../connection.ts";
import { fileGuide, thirdPartyNote } from "../file-guide.ts";

const PROVIDER: Path = ["providers", PROGRAM];
const KEY: Path = [...PROVIDER, "apiKey"];

const file: ClientFile = {
  format: "jsonc",
  path: fileIn("PI_CODING_AGENT_DIR", ".pi/agent", "models.json"),
  blank: {},
  entries: (connection, current) => [
    { path: [...PROVIDER, "baseUrl"], value: connection.baseUrl },
    { path: [...PROVIDER, "api"], value: "openai-completions" },
    { path: KEY, value: keySetting(connection, `$${KEY_VARIABLE}`, valueAt(current, KEY)) },
    { path: [...PROVIDER, "models"], value: chosenFirst(connection).map(modelEntry) },
  ],
  own: (current) => (isTree(valueAt(current, PROVIDER)) ? [PROVIDER] : []),
  afterwards: `Try it: pi --print --model ${PROGRAM}/claude-sonnet-4 "Say hello". In pi, /model chooses it, and Ctrl+S there keeps it.`,
};

/** It follows docs/models.md and docs/models-configuration.md in the package @earendil-works/pi-coding-agent 1.6. */
export const pi: Client = {
  document: "https://github.com/earendil-works/pi/blob/main/packages/coding-agent/docs/models.md",
  asOf: "pi 1.6",
  file,
  guide: fileGuide({
    name: "pi",
    file,
    where: "~/.pi/agent/models.json",
    after: (connection) => [
      `Start it with pi --model ${PROGRAM}/${connection.model}, or choose the model by /model; Ctrl+S there makes it the one to begin with.`,
      thirdPartyNote("pi"),
    ],
  }),
};

/** OpenClaw has it from pi. */
export function modelEntry({ id, title, contextTokens, outputTokens }: OfferedModel): Value {
  return {
    id,
    name: title,
    reasoning: true,
    input: ["text", "image"],
    contextWindow: contextTokens,
    maxTokens: outputTokens,
  };
}
