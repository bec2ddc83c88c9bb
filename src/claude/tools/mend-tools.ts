import { ApiError } from "../../core/error.ts";
import type { Tool } from "../../core/request.ts";
import { mendInputSchema } from "./input-schema.ts";
import { type Fault, faultOf } from "./input-schema-fault.ts";
import { pathText } from "./output-schema-fault.ts";

/**
 * The tools with schemas that the API takes. Throws `invalid_request` for one that cannot be mended: the CLI would leave that tool
 * out, and the model answer as if there were no such.
 */
export function mendTools(tools: readonly Tool[]): readonly Tool[] {
  return tools.map((tool) => {
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
