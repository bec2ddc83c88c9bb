import type { Client } from "../client.ts";
import { chosen } from "../connection.ts";

/** It follows https://docs.cline.bot/provider-config/openai-compatible, and `cline auth --help` of its CLI 3.0. */
export const cline: Client = {
  document: "https://docs.cline.bot/provider-config/openai-compatible",
  asOf: "Cline's CLI 3.0",
  guide: (connection) => {
    const { baseUrl, key, model } = connection;
    const { contextTokens, outputTokens } = chosen(connection);
    return {
      before: 'In Cline\'s settings, choose the API provider "OpenAI Compatible", and enter:',
      snippet: {
        language: "text",
        text: [`Base URL  ${baseUrl}`, `API Key   ${key}`, `Model ID  ${model}`].join("\n"),
      },
      after: [
        `Cline's CLI takes the same: cline auth --provider openai-compatible --apikey ${key} --modelid ${model} --baseurl ${baseUrl}`,
        `In the model's configuration there, switch on "Supports Images", and set the context window to ${contextTokens} and the ` +
          `maximum of output tokens to ${outputTokens}.`,
      ],
    };
  },
};
