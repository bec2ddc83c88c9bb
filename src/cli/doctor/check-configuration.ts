import { statSync } from "node:fs";
import { quoted } from "../../claude/cli/shell-commands.ts";
import { ModelAliases, withoutEffort } from "../../claude/models/aliases.ts";
import { whyMissing } from "../../claude/models/model-name.ts";
import { attempt, ConfigError } from "../../config/errors.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { OPTIONS } from "../../config/options.ts";
import { configFilePath } from "../../config/paths.ts";
import { type Call, PROGRAM } from "../command.ts";
import { settingsOf } from "../command-line/settings.ts";
import type { Told } from "./finding.ts";
import { unsetCommand } from "./suggested-commands.ts";

/** Reads the settings as the server would, where they can be understood, and looks at the files that they are in. */
export function checkConfiguration(call: Call) {
  try {
    const loaded = settingsOf(call);
    return {
      loaded,
      findings: [
        ...describe(loaded, call),
        ...warnings(loaded, call),
        ...modelNames(loaded),
        ...openFiles(loaded, call),
      ],
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problem: Told = {
      status: "problem",
      message: error.message,
      // The help lists the settings; it mends no file that cannot be read, or is no JSON.
      ...(error.cause === undefined && { command: `${PROGRAM} help serve` }),
    };
    return { loaded: undefined, findings: [problem] };
  }
}

function describe({ files: { config: file } }: LoadedConfig, { surroundings }: Call): Told[] {
  const message =
    file === undefined
      ? `The settings are valid; there is no configuration file (it would be ${configFilePath(surroundings)}).`
      : `The settings are valid, those of ${file} among them.`;
  return [{ status: "ok", message, facts: file === undefined ? {} : { file } }];
}

function warnings({ warnings }: LoadedConfig, { surroundings: { platform } }: Call): Told[] {
  return warnings.map((warning) => {
    const [variable = ""] = /CLAUDE_MAX_API_\w*/.exec(warning) ?? [];
    return {
      status: "warning",
      message: `${warning.charAt(0).toUpperCase()}${warning.slice(1)}`,
      command: unsetCommand(variable, platform),
    };
  });
}

/** Names that lead to no model: each request with one is refused, and whoever sends it is far from these settings. */
function modelNames({ config: { defaultModel, modelAliases } }: LoadedConfig): Told[] {
  const aliases = new ModelAliases(modelAliases);
  const targets = Object.entries(modelAliases).map(([name, target]) => ({
    setting: `--${OPTIONS.modelAlias.flag} ${name}=${target}`,
    model: withoutEffort(target),
  }));
  const byDefault = { setting: `--${OPTIONS.defaultModel.flag} ${defaultModel}`, model: defaultModel };
  const unaliased = aliases.find(defaultModel) === undefined ? [byDefault] : [];
  return [...targets, ...unaliased].flatMap(({ setting, model }): Told[] => {
    const why = whyMissing(model);
    if (why === undefined) return [];
    const message = `${setting}: the model ${JSON.stringify(model)} ${why}, so requests for it are refused.`;
    return [{ status: "warning", message, command: `${PROGRAM} models` }];
  });
}

/** Files with keys that other users of the machine can read. Windows has no such modes. */
function openFiles({ files, config }: LoadedConfig, { surroundings: { platform } }: Call): Told[] {
  if (platform === "win32" || config.apiKeys.length === 0) return [];
  const named = [files.apiKeys, files.config].filter((path) => path !== undefined);
  const open = named.filter((path) => ((attempt(() => statSync(path).mode) ?? 0) & 0o077) !== 0);
  return open.map((path) => ({
    status: "warning",
    message: `Other users of this machine can read ${path}, and with it your API keys.`,
    command: `chmod 600 ${quoted(path, platform)}`,
  }));
}
