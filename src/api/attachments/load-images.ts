import { ApiError, invalid } from "../../core/error.ts";
import { inTurns, type Steps } from "../../core/pace.ts";
import type { FetchImage } from "../../media/fetch-image.ts";
import { ByteAllowance, type FetchedImage } from "../../media/read-image.ts";
import type { FetchedImages } from "./remote-images.ts";

/** What the images of one request may take all together. */
type LoadLimits = { readonly maxBytes: number; readonly timeoutMs: number };

const LIMITS: LoadLimits = { maxBytes: 32 * 1024 * 1024, timeoutMs: 30_000 };
const MAX_IMAGES = 100;
const AT_ONCE = 4;

/**
 * Fetches the images of one request, a few at a time, those that the conversation names last before all: what is asked is about them.
 * `wanted` maps each URL to the path of its field. Where one cannot be had, the error that says why is there instead.
 */
export async function loadImages(
  wanted: ReadonlyMap<string, string>,
  fetchImage: FetchImage | undefined,
  signal: AbortSignal,
  { maxBytes, timeoutMs }: LoadLimits = LIMITS,
): Promise<FetchedImages> {
  const loaded = new Map<string, FetchedImage | ApiError>();
  if (fetchImage === undefined) {
    for (const [url, param] of wanted) loaded.set(url, turnedOff(param));
    return loaded;
  }
  const latestFirst = [...wanted].reverse();
  for (const [url, param] of latestFirst.splice(MAX_IMAGES)) {
    loaded.set(url, invalid(param, `'${param}' is one too many: at most ${MAX_IMAGES} are fetched.`));
  }

  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const allowance = new ByteAllowance(maxBytes);
  const queue = latestFirst.values();
  const fetchNext = async () => {
    for (const [url, param] of queue) {
      const outcome = ended.aborted
        ? tooSlow(param, timeoutMs)
        : await fetchImage(url, { param, signal: ended, allowance }).catch((reason: unknown) => {
            if (reason instanceof ApiError) return reason;
            if (ended.aborted) return tooSlow(param, timeoutMs);
            throw reason;
          });
      loaded.set(url, outcome);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fetchNext));
  if (signal.aborted) throw new ApiError("client_closed", "The client left while its images were fetched.");
  return loaded;
}

function tooSlow(param: string, timeoutMs: number): ApiError {
  const limit = `all images of a request are fetched within ${timeoutMs / 1000} seconds`;
  return invalid(param, `'${param}' did not arrive in time: ${limit}. Name fewer, or send them as data URLs.`);
}

function turnedOff(param: string): ApiError {
  const message = `'${param}' names a remote image, and the server was started with --no-remote-images: send it as a data URL.`;
  return invalid(param, message);
}

/**
 * Everything else that can be wrong with a request is found before an image is fetched for it. `missingImages`: URLs of those that are
 * still to be fetched, with their fields' paths.
 */
export async function decodeWithImages<Request extends { readonly missingImages: ReadonlyMap<string, string> }>(
  decode: (images: FetchedImages) => Steps<Request>,
  fetchImage: FetchImage | undefined,
  signal: AbortSignal,
): Promise<Request> {
  const decoded = await inTurns(decode(new Map()));
  if (decoded.missingImages.size === 0) return decoded;
  return await inTurns(decode(await loadImages(decoded.missingImages, fetchImage, signal)));
}
