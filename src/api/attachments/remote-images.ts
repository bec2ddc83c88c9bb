import { ApiError, invalid } from "../../core/error.ts";
import type { ContentBlock, ImageBlock, ImageType, TextBlock, Turn } from "../../core/request.ts";
import { imageSizeOf } from "../../media/image.ts";
import type { FetchedImage } from "../../media/read-image.ts";
import { firstBytes } from "./base64.ts";

/** By its URL each image that was fetched, or why it could not be. */
export type FetchedImages = ReadonlyMap<string, FetchedImage | ApiError>;

type Fault = { readonly error: ApiError; readonly param: string };

/**
 * The images of a request: those that it names by URL, of which some are still to be fetched, and those that are not as they should
 * be. One of the latter in what the user asks now is an error. In what was before, and in what tools answered, it would be one
 * for ever: there a text stands for it.
 */
export class RemoteImages {
  readonly #fetched: FetchedImages;
  /** Each URL once that is still to be fetched, with the path of the field that named it first. */
  readonly missing = new Map<string, string>();
  /** By what stands in their place until it is known where that is. */
  readonly #faults = new Map<ContentBlock, Fault>();
  readonly #leftOut = new Set<string>();

  constructor(fetched: FetchedImages) {
    this.#fetched = fetched;
  }

  /** The fields of images that a text stands for, without their places in lists. */
  get leftOut(): readonly string[] {
    return [...this.#leftOut];
  }

  /** The image at an address. Throws where that could not be fetched. */
  take(url: string, param: string): ImageBlock {
    const image = this.#fetched.get(url);
    if (image instanceof ApiError) throw image;
    if (image) return imageBlock(image.mediaType, image.base64, param);
    if (!this.missing.has(url)) this.missing.set(url, param);
    return placeholder();
  }

  /** The image that is read; whether one that cannot be is an error is for {@link settle} to say. */
  attempt<Block extends ContentBlock>(param: string, read: () => Block): Block | ImageBlock {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const block = placeholder();
      this.#faults.set(block, { error, param });
      return block;
    }
  }

  /**
   * The turns, with a text for each image that could not be had. Throws for the first one that the user asks about now; where
   * that is wanted `strict`, for the first one at all.
   */
  settle(turns: readonly Turn[], strict = false): readonly Turn[] {
    const [first] = this.#faults.values();
    if (first === undefined) return turns;
    if (strict) throw first.error;
    const asked = turns.at(-1);
    for (const block of asked?.role === "user" ? asked.content : []) {
      const fault = this.#faults.get(block);
      if (fault) throw fault.error;
    }
    return turns.map((turn) => ({ ...turn, content: turn.content.map((block) => this.#settleBlock(block)) }));
  }

  #settleBlock(block: ContentBlock): ContentBlock {
    if (block.type !== "tool-result") return this.#textFor(block) ?? block;
    return { ...block, content: block.content.map((part) => this.#textFor(part) ?? part) };
  }

  #textFor(block: ContentBlock): TextBlock | undefined {
    const fault = this.#faults.get(block);
    if (fault === undefined) return undefined;
    this.#leftOut.add(fault.param.replace(/\[\d+\]/g, ""));
    return { type: "text", text: LEFT_OUT };
  }
}

const LEFT_OUT = "[There was an image or a file here, which cannot be read any more.]";

/** Stands where an image will be. */
function placeholder(): ImageBlock {
  return { type: "image", mediaType: "image/png", data: "", width: 0, height: 0 };
}

/** An image with its size, which is told by a header: the CLI puts a note to the model in the place of one that has none. */
export function imageBlock(mediaType: ImageType, base64: string, param: string): ImageBlock {
  const size = imageSizeOf(headerOf(mediaType, base64), mediaType);
  if (size) return { type: "image", mediaType, data: base64, ...size };
  const found = `'${param}' begins like ${NAMES[mediaType]} image, but its header, which tells width and height, is broken or cut off`;
  throw invalid(param, `${found}. Whole PNG, JPEG, GIF and WebP images are accepted.`);
}

/** Where the size may stand: in a JPEG anywhere before the pixels, in all others right at the beginning. */
function headerOf(mediaType: ImageType, base64: string): Uint8Array {
  return mediaType === "image/jpeg" ? Buffer.from(base64, "base64") : firstBytes(base64);
}

const NAMES: Readonly<Record<ImageType, string>> = {
  "image/png": "a PNG",
  "image/jpeg": "a JPEG",
  "image/gif": "a GIF",
  "image/webp": "a WebP",
};
