import type { AnyOption } from "../../config/option.ts";
import { OPTIONS } from "../../config/options.ts";

/** The server's settings that decide which server a command asks, and how one of its own runs. */
export const CLIENT_OPTIONS: readonly AnyOption[] = [
  OPTIONS.port,
  OPTIONS.host,
  OPTIONS.claudePath,
  OPTIONS.anthropicBaseUrl,
  OPTIONS.defaultModel,
  OPTIONS.modelAlias,
  OPTIONS.allowApiKey,
  OPTIONS.demo,
  OPTIONS.apiKey,
  OPTIONS.apiKeyFile,
  OPTIONS.config,
  OPTIONS.help,
];
