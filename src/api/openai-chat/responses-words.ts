import type { ResponsesShapedBody } from "./schema-responses.ts";

/** A path into a chat's body, or a text that names some, with the names that the same places have in the body it was made from. */
export function inResponsesWords(text: string, body: ResponsesShapedBody): string {
  const { input, instructions } = body;
  const instructed = typeof instructions === "string" ? 1 : 0;
  const place = (index: number, rest: string) => {
    if (index < instructed) return "instructions";
    if (typeof input === "string") return "input";
    const item = input[index - instructed];
    const content = item && "output" in item ? "output" : "content";
    const own = rest
      .replace(/^\.content/, `.${content}`)
      .replace(".image_url.url", ".image_url")
      .replace(".file.", ".")
      .replace(".tool_call_id", ".call_id");
    return `input[${index - instructed}]${own}`;
  };
  const names = text
    .replace(/\bmessages\[(\d+)\]((?:\.\w+|\[\d+\])*)/g, (_, index: string, rest: string) => place(Number(index), rest))
    .replace(/^messages$/, "input")
    .replace(/\btools\[(\d+)\]\.function\b/g, "tools[$1]")
    .replace(/\btool_choice\.allowed_tools\b/g, "tool_choice")
    .replace(/\b(tool_choice(?:\.tools\[\d+\])?)\.function\b/g, "$1");
  return body.text?.format ? names.replace(/\bresponse_format(\.json_schema)?\b/g, "text.format") : names;
}
