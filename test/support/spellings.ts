import fc from "fast-check";

// One meaning in the many spellings that programs have for it. Each table is what may stand in one place of a request, whatever the
// dialect: a test writes the same conversation in its dialect's textbook form, and in one drawn from these.

export type SaidCall = { readonly id: string; readonly name: string; readonly args: Readonly<Record<string, unknown>> };
export type SaidTool = { readonly name: string; readonly description: string; readonly schema: object };

/** A part that is a text. */
export function textSpellings(text: string): unknown[] {
  return [
    text,
    { text },
    { type: "text", text },
    { type: "", text },
    { type: null, text },
    { type: "input_text", text },
    { type: "output_text", text, annotations: [] },
    { type: "text", text: { value: text, annotations: [] } },
  ];
}

/** A part that is a PNG image. */
export function imageSpellings(base64: string): unknown[] {
  const url = `data:image/png;base64,${base64}`;
  const inline = { media_type: "image/png", data: base64 };
  return [
    { type: "image_url", image_url: { url } },
    { type: "image_url", image_url: url },
    { type: "image_url", image_url: { url: base64 } },
    { image_url: { url } },
    { type: "input_image", image_url: url },
    { type: "image", source: { type: "base64", ...inline } },
    { type: "image", source: { type: "url", url } },
    { type: "image", image: base64, mimeType: "image/png" },
    { type: "image", image: url },
    { type: "image", data: base64, mimeType: "image/png" },
    { inlineData: { mimeType: "image/png", data: base64 } },
  ];
}

/** A part that is a PDF. */
export function pdfSpellings(base64: string, name: string): unknown[] {
  const url = `data:application/pdf;base64,${base64}`;
  return [
    { type: "file", file: { filename: name, file_data: url } },
    { type: "file", file: { filename: name, file_data: base64 } },
    { type: "input_file", filename: name, file_data: url },
    { type: "document", title: name, source: { type: "base64", media_type: "application/pdf", data: base64 } },
    { type: "file", data: base64, mediaType: "application/pdf", filename: name },
    { type: "file", data: url, mediaType: "application/pdf", filename: name },
  ];
}

/** A call, in a list of calls or among the parts of an assistant's content. */
export function callSpellings({ id, name, args }: SaidCall): unknown[] {
  const json = JSON.stringify(args);
  return [
    { id, type: "function", function: { name, arguments: json } },
    { id, type: "function", function: { name, arguments: args } },
    { id, type: "function", name, arguments: json },
    { type: "function_call", call_id: id, name, arguments: json },
    { id, type: "tool_call", name, args },
    ...callPartSpellings({ id, name, args }),
  ];
}

/** Those of a call that say so themselves. */
export function callPartSpellings({ id, name, args }: SaidCall): unknown[] {
  return [
    { type: "tool_use", id, name, input: args },
    { type: "tool-call", toolCallId: id, toolName: name, input: args },
    { type: "tool-call", toolCallId: id, toolName: name, args },
  ];
}

/** A part that is the result of a call: a text. */
export function resultPartSpellings(id: string, name: string, text: string): unknown[] {
  return [
    { type: "tool_result", tool_use_id: id, content: text },
    { type: "tool_result", tool_use_id: id, content: [{ type: "text", text }] },
    { type: "tool-result", toolCallId: id, toolName: name, output: { type: "text", value: text } },
    { type: "tool-result", toolCallId: id, toolName: name, result: text },
  ];
}

/** What a tool answered, where that is a text. */
export function outputSpellings(text: string): unknown[] {
  return [
    text,
    [text],
    { type: "text", text },
    [{ type: "text", text }],
    [{ type: "input_text", text }],
    { type: "text", value: text },
    { content: [{ type: "text", text }] },
  ];
}

export function toolSpellings({ name, description, schema }: SaidTool): unknown[] {
  const flat = { name, description, parameters: schema };
  return [
    { type: "function", function: flat },
    { function: flat },
    { type: "", function: flat },
    { type: "function", ...flat },
    flat,
    { name, description, input_schema: schema },
    { type: "custom", name, description, input_schema: schema },
    { name, description, inputSchema: schema },
    { type: "function", function: { name, description, parameters: JSON.stringify(schema) } },
  ];
}

export const ROLE_SPELLINGS = {
  user: ["user", "User", "human"],
  assistant: ["assistant", "ASSISTANT", "ai", "model", "bot"],
  tool: ["tool", "Tool", "tool_result", "observation", "ipython"],
} as const;

/** The choice of one tool by its name. */
export function namedChoiceSpellings(name: string): unknown[] {
  return [
    { type: "function", function: { name } },
    { type: "function", name },
    { type: "tool", name },
    { type: "tool", toolName: name },
    { function: { name } },
    name,
  ];
}

export const REQUIRED_SPELLINGS: readonly unknown[] = ["required", "any", "ANY", { type: "any" }, { type: "required" }];

/** Any of the spellings. */
export function anyOf<T>(spellings: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...spellings);
}
