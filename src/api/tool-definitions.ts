import { isJsonObject, type JsonObject, sameJson } from "../core/json.ts";
import type { Tool } from "../core/request.ts";
import { invalid } from "./invalid.ts";

/** The schema as the client wrote it, except that it says, in one word, what it is: the API wants an object's. */
export function decodeParameters(
  parameters: Readonly<Record<string, unknown>> | null | undefined,
  path: string,
): JsonObject {
  if (!isJsonObject(parameters)) return { type: "object", properties: {} };
  const { type = null } = parameters;
  if (type === "object") return parameters;
  if (type === null || sameJson(type, ["object"])) return { ...parameters, type: "object" };
  throw invalid(
    `${path}.type`,
    `Invalid value for '${path}.type': a function takes an object, so expected "object", but got ${JSON.stringify(type)}.`,
  );
}

/** Throws when a choice names a function that the request does not have. */
export function requireNamed(name: string, tools: readonly Pick<Tool, "name">[], param: string): void {
  if (tools.some((tool) => tool.name === name)) return;
  const known = tools.map((tool) => JSON.stringify(tool.name)).join(", ") || "none at all";
  throw invalid(param, `'${param}' is ${JSON.stringify(name)}, but the functions of this request are: ${known}.`);
}
