import type { Format, FormatName } from "./format.ts";
import { jsonFormat } from "./json-format.ts";
import { TOML_FORMAT } from "./toml-format.ts";

export const FORMATS: Readonly<Record<FormatName, Format>> = {
  json5: jsonFormat("json5"),
  jsonc: jsonFormat("jsonc"),
  toml: TOML_FORMAT,
};
