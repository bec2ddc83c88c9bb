import { PNG } from "../media.ts";

/** A body in a spelling that programs have, and the same in the textbook's: both without a model. */
export type Spelling = {
  readonly name: string;
  readonly spelled: object;
  readonly textbook: object;
  /** What the response header names beside what it names of the textbook's. */
  readonly named?: readonly string[];
};

export const PNG_URL = `data:image/png;base64,${PNG}`;
export const asked = { role: "user", content: "a" };
export const answered = { role: "assistant", content: "b" };
export const call = { type: "function_call", call_id: "c1", name: "f", arguments: '{"x":1}' };
export const result = (output: unknown) => ({ type: "function_call_output", call_id: "c1", output });
export const after = (...items: object[]) => ({ input: [asked, ...items, { role: "user", content: "z" }] });
export const saying = (content: unknown) => ({ input: [{ role: "user", content }] });
export const answering = (output: unknown) => ({ input: [asked, call, result(output)] });
export const hosted = (name: string, args: object, output: string | object[], id = "c1") => [
  { type: "function_call", call_id: id, name, arguments: JSON.stringify(args) },
  { type: "function_call_output", call_id: id, output },
];
export const text = (value: string) => ({ type: "input_text", text: value });
export const image = { type: "input_image", image_url: PNG_URL };
