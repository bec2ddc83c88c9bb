import type { AnswerBlock } from "../../core/collect.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { TextBlock } from "../../core/request.ts";

/** What a part of a text rests on. Places are counted in UTF-16 code units, and `end` is behind the last. */
export type UrlCitation = {
  readonly url: string;
  readonly title: string;
  readonly start: number;
  readonly end: number;
  /** As Anthropic has it. */
  readonly native: JsonObject;
};

const WEB_CITATION = "web_search_result_location";

/** The citations of a text from `start` to `end` that name a page; others have no place in OpenAI's dialects. */
function urlCitations(citations: readonly JsonObject[], start: number, end: number): UrlCitation[] {
  return citations.flatMap((native): UrlCitation[] => {
    const { url, title } = native;
    return typeof url === "string" ? [{ url, title: typeof title === "string" ? title : "", start, end, native }] : [];
  });
}

/** Two texts with a search between them are not one sentence. */
const APART = "\n\n";

/** Puts texts together as they are told, and tells where in that each stands. */
export class CitedText {
  #length = 0;
  #start = 0;
  #last = "";
  #isApart = false;
  #citations: JsonObject[] = [];

  /** Something that is no text stands here. */
  part(): void {
    this.#isApart = this.#length > 0;
  }

  /** What to tell of a piece. */
  push(piece: string): string {
    if (piece === "") return "";
    const told = this.#separator(piece) + piece;
    this.#isApart = false;
    this.#length += told.length;
    this.#last = told.slice(-1);
    return told;
  }

  begin(): void {
    this.#start = this.#length;
    this.#citations = [];
  }

  cite(citation: JsonObject): void {
    this.#citations.push(citation);
  }

  /** What the text since the beginning rests on. */
  end(): UrlCitation[] {
    const citations = this.#length > this.#start ? urlCitations(this.#citations, this.#start, this.#length) : [];
    this.#citations = [];
    return citations;
  }

  #separator(piece: string): string {
    if (!this.#isApart || /\s/.test(this.#last) || /^\s/.test(piece)) return "";
    this.#start += APART.length;
    return APART;
  }
}

/** The text of an answer in one piece. */
export function citedText(blocks: readonly AnswerBlock[]) {
  const cited = new CitedText();
  let text = "";
  const citations: UrlCitation[] = [];
  for (const block of blocks) {
    if (block.type === "native") cited.part();
    if (block.type !== "text") continue;
    cited.begin();
    text += cited.push(block.text);
    for (const citation of block.citations ?? []) cited.cite(citation);
    citations.push(...cited.end());
  }
  return { text, citations };
}

/** As the Responses API has it. */
export type UrlAnnotation = {
  readonly type: "url_citation";
  readonly start_index: number;
  readonly end_index: number;
  readonly title: string;
  readonly url: string;
  /** By these Anthropic knows what was cited: a client that keeps them gives the citation back whole. */
  readonly cited_text?: string;
  readonly encrypted_index?: string;
};

export function annotationOf({ url, title, start, end, native }: UrlCitation): UrlAnnotation {
  const { cited_text, encrypted_index } = native;
  return {
    type: "url_citation",
    start_index: start,
    end_index: end,
    title,
    url,
    ...(typeof cited_text === "string" ? { cited_text } : {}),
    ...(typeof encrypted_index === "string" ? { encrypted_index } : {}),
  };
}

/** A text with annotations as the texts that it was made of; undefined where none of the annotations is whole. */
export function textsOf(text: string, annotations: unknown): TextBlock[] | undefined {
  const cited = (Array.isArray(annotations) ? annotations : []).filter((one) => isWhole(one, text.length));
  if (cited.length === 0) return undefined;
  const texts: TextBlock[] = [];
  const say = (from: number, to: number, citations?: JsonObject[]) => {
    if (to > from) texts.push({ type: "text", text: text.slice(from, to), ...(citations ? { citations } : {}) });
  };
  let done = 0;
  for (const { start_index, end_index } of cited.toSorted((a, b) => a.start_index - b.start_index)) {
    if (start_index < done) continue;
    say(done, start_index);
    const own = cited.filter((other) => other.start_index === start_index && other.end_index === end_index);
    say(start_index, end_index, own.map(nativeOf));
    done = end_index;
  }
  say(done, text.length);
  return texts;
}

/** Whether all annotations of a text are such as Anthropic's citations can be made of again; there may be none. */
export function areWhole(text: string, annotations: unknown): boolean {
  const listed = Array.isArray(annotations)
    ? annotations
    : (annotations ?? undefined) === undefined
      ? []
      : [annotations];
  return listed.every((one) => isWhole(one, text.length));
}

type WholeAnnotation = UrlAnnotation & { readonly encrypted_index: string };

function isWhole(annotation: unknown, length: number): annotation is WholeAnnotation {
  if (!isJsonObject(annotation)) return false;
  const { type, url, start_index: start, end_index: end, encrypted_index } = annotation;
  const isKnown = type === "url_citation" && typeof url === "string" && typeof encrypted_index === "string";
  return isKnown && typeof start === "number" && typeof end === "number" && start >= 0 && start < end && end <= length;
}

function nativeOf({ url, title, cited_text = "", encrypted_index }: WholeAnnotation): JsonObject {
  return { type: WEB_CITATION, cited_text, url, title: title || null, encrypted_index };
}
