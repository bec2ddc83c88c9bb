import type { Client } from "../client.ts";

/** It follows https://docs.cline.bot/provider-config/openai-compatible, and `cline auth --help` of its CLI 3.0. */
export const cline: Client = {
  document: "https://docs.cline.bot/provider-config/openai-compatible",
  guide: ({ baseUrl, key, model }) => ({
    before: 'In Cline\'s settings, choose the API provider "OpenAI Compatible", and enter:',
    snippet: {
      language: "text",
      text: [`Base URL  ${baseUrl}`, `API Key   ${key}`, `Model ID  ${model}`].join("\n"),
    },
    after: [
      `Cline's CLI takes the same: cline auth --provider openai-compatible --apikey ${key} --modelid ${model} --baseurl ${baseUrl}`,
      'Switch on "Supports Images" in the model\'s configuration there. Roo Code has the same fields.',
    ],
  }),
};
