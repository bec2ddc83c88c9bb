import type { Tool } from "../../core/request.ts";

/**
 * The tool with a description that the CLI does not cut: what is too much for it goes on in front of the description of the
 * parameters, which arrives at any length and which the model reads next.
 */
export function describedWithin(longest: number, tool: Tool): Tool {
  const { description = "", parameters } = tool;
  if (description.length <= longest) return tool;
  const cut = endOfPart(description, longest);
  const rest = description.slice(cut);
  const own = parameters.description;
  const continued = typeof own === "string" && own !== "" ? `${rest}\n\n${own}` : rest;
  return {
    ...tool,
    description: description.slice(0, cut),
    parameters: { ...parameters, description: continued },
  };
}

/** Behind a line, or else a word, if one ends in the second half; never within a character of two halves. */
function endOfPart(text: string, longest: number): number {
  for (const end of ["\n", " "]) {
    const cut = text.lastIndexOf(end, longest - 1) + 1;
    if (cut > longest / 2) return cut;
  }
  const isWithinCharacter = (text.codePointAt(longest - 1) ?? 0) > 0xffff;
  return isWithinCharacter ? longest - 1 : longest;
}
