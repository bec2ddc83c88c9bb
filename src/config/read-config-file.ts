import Type from "typebox";
import { Compile } from "typebox/compile";
import { ConfigError, reasonOf } from "./errors.ts";
import { firstRefusal } from "./kinds.ts";
import { didYouMean } from "./nearest.ts";
import { ALL_OPTIONS } from "./options.ts";
import { fileLabel, fileSource, refused, type Source } from "./sources.ts";

const FILE_OPTIONS = ALL_OPTIONS.filter((option) => option.inFile);
const KEYS = FILE_OPTIONS.map((option) => option.key);

/** The file's settings, all of them checked, also those that a flag or a variable overrides. */
export function readConfigFile(path: string, content: string): Source {
  const settings = parseObject(path, content);
  const unknown = Object.keys(settings).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw new ConfigError(
      `unknown setting ${fileLabel(unknown, path)}.${didYouMean(unknown, KEYS)} The settings are: ${KEYS.join(", ")}.`,
    );
  }
  const properties = FILE_OPTIONS.map(({ key, kind }) => [key, Type.Optional(kind.schema)] as const);
  const validator = Compile(Type.Object(Object.fromEntries(properties), { additionalProperties: false }));
  if (!validator.Check(settings)) {
    const errors = validator.Errors(settings);
    const option = FILE_OPTIONS.find(({ key }) => key === errors[0]?.instancePath.split("/")[1]);
    if (option === undefined) throw new ConfigError(`${path} is not a valid configuration file.`);
    const from = { label: fileLabel(option.key, path), accepts: option.kind.acceptsJson };
    throw refused(option, from, firstRefusal(errors, settings));
  }
  return fileSource(path, settings);
}

function parseObject(path: string, content: string): Record<string, unknown> {
  const json = parseJson(path, content);
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new ConfigError(`${path} must hold one JSON object of settings, such as {"port": 3456}.`);
  }
  return { ...json };
}

/** Comments, and a comma behind the last entry, are taken as well. */
function parseJson(path: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // Loaded for a file that is no plain JSON alone, and not before: its reader would be felt at every start.
    const { evaluate, parse }: typeof import("@humanwhocodes/momoa") = require("@humanwhocodes/momoa");
    try {
      return evaluate(parse(content, { mode: "jsonc", allowTrailingCommas: true }));
    } catch (cause) {
      throw new ConfigError(`${path}${whereAndWhy(cause)} It must hold one JSON object of settings.`, { cause });
    }
  }
}

/** The reader puts the place behind its reason: `Unexpected token String found. (3:3)`. */
function whereAndWhy(cause: unknown): string {
  const message = reasonOf(cause);
  const [, reason = message, line, column] = /^(.*?)\.? \((\d+):(\d+)\)$/s.exec(message) ?? [];
  const place = line === undefined ? "" : `, line ${line}, column ${column},`;
  return `${place} is not valid JSON: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}.`;
}
