import type { ImageType } from "../core/request.ts";
import type { HttpsResponse } from "./https-get.ts";
import { imageTypeOf } from "./image.ts";
import { ImageFault } from "./image-url.ts";

/** How many bytes may still arrive: one for all the images of a request, since each alone is within its limit and a hundred are not. */
export class ByteAllowance {
  readonly total: number;
  #left: number;

  constructor(total: number) {
    this.total = total;
    this.#left = total;
  }

  /** Takes bytes as they arrive, whoever they are for. False: they are more than there were left. */
  spend(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }
}

export type FetchedImage = { readonly mediaType: ImageType; readonly base64: string };

type ReadLimits = {
  /** Of this one image. */
  readonly maxBytes: number;
  /** Of this one and those that it shares it with. */
  readonly allowance: ByteAllowance;
};

/** The image in a response, if there is one within the limits; reads no more than that. Throws an ImageFault. */
export async function readImage(response: HttpsResponse, limits: ReadLimits): Promise<FetchedImage> {
  if (response.status !== 200) throw new ImageFault(`The image URL was answered with HTTP status ${response.status}.`);
  if ((response.header("content-encoding") ?? "identity").toLowerCase() !== "identity") {
    throw new ImageFault("The image URL was answered with a compressed body, though none was asked for.");
  }
  const bytes = await readBytes(response, limits);
  // What the server says of the type is not asked: many say `application/octet-stream`, and none is bound to the truth.
  const mediaType = imageTypeOf(bytes);
  if (mediaType === undefined) {
    throw new ImageFault("What the image URL leads to is not a PNG, JPEG, GIF or WebP image.");
  }
  return { mediaType, base64: bytes.toString("base64") };
}

async function readBytes(response: HttpsResponse, { maxBytes, allowance }: ReadLimits): Promise<Buffer> {
  if (Number(response.header("content-length")) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      if (!allowance.spend(chunk.length)) {
        const limit = `at most ${sizeText(allowance.total)} are fetched for one request`;
        throw new ImageFault(`With this image the images of the request are too large all together: ${limit}.`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof ImageFault) throw error;
    throw new ImageFault("The connection broke off before the image was complete.");
  }
  return Buffer.concat(chunks);
}

const MIB = 1024 * 1024;

function tooLarge(maxBytes: number): ImageFault {
  return new ImageFault(`The image is larger than ${sizeText(maxBytes)}.`);
}

function sizeText(bytes: number): string {
  return bytes % MIB === 0 ? `${bytes / MIB} MiB` : `${bytes} bytes`;
}
