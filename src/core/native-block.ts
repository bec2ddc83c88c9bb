import { isJsonObject, type Json, type JsonObject, parseJsonObject } from "./json.ts";

/** Puts a block in the API's own form together from how it begins and its deltas, those of types that nobody here knows among them. */
export class NativeBlockBuilder {
  #block: JsonObject;
  #input = "";

  constructor(content: JsonObject) {
    this.#block = content;
  }

  push({ type: _, partial_json, citation, ...fields }: JsonObject): void {
    if (typeof partial_json === "string") this.#input += partial_json;
    if (isJsonObject(citation)) this.#block = withCitation(this.#block, citation);
    for (const [name, value] of Object.entries(fields))
      this.#block = { ...this.#block, [name]: this.#grown(name, value) };
  }

  get block(): JsonObject {
    // Written bit by bit; a call of a tool without arguments has no deltas.
    const input = parseJsonObject(this.#input);
    return input === undefined ? this.#block : { ...this.#block, input };
  }

  #grown(name: string, value: Json): Json {
    const before = this.#block[name];
    return typeof before === "string" && typeof value === "string" ? before + value : value;
  }
}

function withCitation(block: JsonObject, citation: JsonObject): JsonObject {
  const known = Array.isArray(block.citations) ? block.citations : [];
  return { ...block, citations: [...known, citation] };
}
