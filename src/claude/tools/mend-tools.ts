import { ApiError } from "../../core/error.ts";
import type { Tool } from "../../core/request.ts";
import { mendInputSchema } from "./input-schema.ts";
import { type Fault, faultOf } from "./input-schema-fault.ts";
import { pathText } from "./output-schema-fault.ts";
import { isKnownToApi } from "./tool-definitions.ts";

/**
 * The tools with schemas that the API takes. Throws `invalid_request` for one that cannot be mended: the API would refuse the whole
 * request, by the place in a list that the client may never have seen.
 */
export function mendTools(tools: readonly Tool[]): readonly Tool[] {
  return tools.map((tool) => {
    if (isKnownToApi(tool)) return tool;
    const parameters = mendInputSchema(tool.parameters);
    const fault = faultOf(parameters);
    if (fault !== undefined) throw refusal(tool.name, fault);
    return parameters === tool.parameters ? tool : { ...tool, parameters };
  });
}

function refusal(name: string, { at, problem }: Fault): ApiError {
  return new ApiError(
    "invalid_request",
    `Claude does not take the parameters of the tool ${JSON.stringify(name)}: ${pathText(at)} ${problem}`,
    { param: "tools" },
  );
}
