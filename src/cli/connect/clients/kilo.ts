import type { Client } from "../client.ts";
import { KEY_VARIABLE } from "../connection.ts";
import { fileGuide } from "../file-guide.ts";
import { configPath, opencodeContent, opencodeFile } from "./opencode.ts";

const file = opencodeFile({
  title: "Kilo",
  command: "kilo",
  path: (context, exists) => configPath(context, exists, "kilo"),
  schema: "https://app.kilo.ai/config.json",
});

/** It grew out of opencode, and follows https://kilo.ai/docs/ai-providers/openai-compatible, as of its CLI 7.8. */
export const kilo: Client = {
  document: "https://kilo.ai/docs/ai-providers/openai-compatible",
  asOf: "Kilo's CLI 7.8",
  file,
  launch: (connection) => ({
    command: "kilo",
    env: { KILO_CONFIG_CONTENT: opencodeContent(file, connection) },
    args: [],
  }),
  guide: (connection) =>
    fileGuide({
      name: "kilo",
      file,
      connection,
      language: "json",
      where: "~/.config/kilo/kilo.json, or in .kilo/kilo.json of your project",
      keyAdvice: `and one of your keys in the environment variable ${KEY_VARIABLE}`,
      after: [],
    }),
};
