import { type FetchImage, loadImages } from "./load-images.ts";
import type { FetchedImages } from "./remote-images.ts";

type Decoded = {
  /** URLs of images that are still to be fetched, with their fields' paths. */
  readonly missingImages: ReadonlyMap<string, string>;
};

/** Everything else that can be wrong with a request is found before an image is fetched for it. */
export async function decodeWithImages<Request extends Decoded>(
  decode: (images: FetchedImages) => Request,
  fetchImage: FetchImage | undefined,
  signal: AbortSignal,
): Promise<Request> {
  const decoded = decode(new Map());
  if (decoded.missingImages.size === 0) return decoded;
  return decode(await loadImages(decoded.missingImages, fetchImage, signal));
}
