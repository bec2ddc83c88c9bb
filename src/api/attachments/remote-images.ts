import type { ImageBlock, ImageType } from "../../core/request.ts";
import { imageBlock } from "./image-block.ts";

export type RemoteImage = { readonly mediaType: ImageType; readonly base64: string };

/** Stands where an image will be that is still to be fetched. */
const PENDING: ImageBlock = { type: "image", mediaType: "image/png", data: "", width: 0, height: 0 };

/** The images that a request names by URL: those that were fetched, and a list of those that were not. */
export class RemoteImages {
  readonly #fetched: ReadonlyMap<string, RemoteImage>;
  readonly #missing = new Map<string, string>();

  constructor(fetched: ReadonlyMap<string, RemoteImage>) {
    this.#fetched = fetched;
  }

  /** Each URL once, with the path of the field that named it first. */
  get missing(): ReadonlyMap<string, string> {
    return this.#missing;
  }

  take(url: string, param: string): ImageBlock {
    const image = this.#fetched.get(url);
    if (image) return imageBlock(image.mediaType, image.base64, param);
    if (!this.#missing.has(url)) this.#missing.set(url, param);
    return PENDING;
  }
}
