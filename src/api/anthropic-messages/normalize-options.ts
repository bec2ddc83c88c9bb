import { isJsonObject } from "../../core/json.ts";
import { withFields } from "../lenient/kept.ts";
import { readEffort } from "../lenient/read-effort.ts";
import { readFilled, readLimit, readStop } from "../lenient/read-options.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a body that are neither messages nor tools; those that say nothing are undefined. */
export function normalizeOptions({ max_tokens, stream, stop_sequences, output_config, thinking }: Fields): Fields {
  const stops = readStop(stop_sequences);
  return {
    max_tokens: readLimit(max_tokens),
    stream: readFilled(stream),
    stop_sequences: typeof stops === "string" ? [stops] : stops,
    output_config: isJsonObject(output_config)
      ? withFields(output_config, { effort: normalizeEffort(output_config.effort) })
      : readFilled(output_config),
    thinking: normalizeThinking(thinking),
  };
}

/** Anthropic has no level below `low`; what is none that is known stays, for the schema to say which there are. */
function normalizeEffort(effort: unknown): unknown {
  const read = readEffort(effort);
  if (read === "unset") return undefined;
  return read === "minimal" ? "low" : read === undefined || read === "none" ? effort : read;
}

/** A switch is enough for many programs. */
function normalizeThinking(thinking: unknown): unknown {
  if (thinking === "" || (isJsonObject(thinking) && Object.keys(thinking).length === 0)) return undefined;
  return typeof thinking === "boolean" ? { type: thinking ? "adaptive" : "disabled" } : thinking;
}
