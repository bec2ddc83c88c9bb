import { offshoot } from "./opencode.ts";

/** It grew out of opencode, and follows https://kilo.ai/docs/ai-providers/openai-compatible, as of its CLI 7.8. */
export const kilo = offshoot({
  document: "https://kilo.ai/docs/ai-providers/openai-compatible",
  asOf: "Kilo's CLI 7.8",
  title: "Kilo",
  name: "kilo",
  schema: "https://app.kilo.ai/config.json",
  variable: "KILO_CONFIG_CONTENT",
  where: "~/.config/kilo/kilo.json, or in .kilo/kilo.json of your project",
  after: [],
});
