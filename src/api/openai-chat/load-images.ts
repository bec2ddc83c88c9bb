import { ApiError } from "../../core/error.ts";
import { invalid } from "./invalid.ts";
import type { RemoteImage } from "./remote-images.ts";

/** Gets an image from the web. Rejects with an ApiError that names `param`, and ends when the signal is aborted. */
export type FetchImage = (
  url: string,
  context: { readonly param: string; readonly signal: AbortSignal },
) => Promise<RemoteImage>;

const MAX_IMAGES = 20;
const AT_ONCE = 4;

/** Fetches the images of one request, a few at a time. `wanted` maps each URL to the path of its field. */
export async function loadImages(
  wanted: ReadonlyMap<string, string>,
  fetchImage: FetchImage | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RemoteImage>> {
  const loaded = new Map<string, RemoteImage>();
  const [first] = wanted.values();
  if (first === undefined) return loaded;
  if (fetchImage === undefined) throw turnedOff(first);
  const excess = [...wanted.values()][MAX_IMAGES];
  if (excess !== undefined) throw invalid(excess, `'${excess}' is one too many: at most ${MAX_IMAGES} are fetched.`);

  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  const queue = wanted.entries();
  const fetchNext = async () => {
    for (const [url, param] of queue) {
      if (ended.aborted) return;
      loaded.set(url, await fetchImage(url, { param, signal: ended }));
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, fetchNext));
  } catch (error) {
    failed.abort();
    if (!signal.aborted) throw error;
  }
  if (signal.aborted) throw new ApiError("client_closed", "The client left while its images were fetched.");
  return loaded;
}

function turnedOff(param: string): ApiError {
  const message = `'${param}' names a remote image, and the server was started with --no-remote-images: send it as a data URL.`;
  return invalid(param, message);
}
