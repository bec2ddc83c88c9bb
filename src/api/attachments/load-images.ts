import { ApiError } from "../../core/error.ts";
import { ByteAllowance } from "../../media/byte-allowance.ts";
import { invalid } from "../invalid.ts";
import type { RemoteImage } from "./remote-images.ts";

/**
 * Gets an image from the web. Rejects with an ApiError that names `param`, also once the allowance is spent, or with the signal's
 * reason once that aborts.
 */
export type FetchImage = (
  url: string,
  context: { readonly param: string; readonly signal: AbortSignal; readonly allowance: ByteAllowance },
) => Promise<RemoteImage>;

/** What the images of one request may take all together. */
export type LoadLimits = { readonly maxBytes: number; readonly timeoutMs: number };

const LIMITS: LoadLimits = { maxBytes: 32 * 1024 * 1024, timeoutMs: 30_000 };
const MAX_IMAGES = 100;
const AT_ONCE = 4;

/** Fetches the images of one request, a few at a time. `wanted` maps each URL to the path of its field. */
export async function loadImages(
  wanted: ReadonlyMap<string, string>,
  fetchImage: FetchImage | undefined,
  signal: AbortSignal,
  { maxBytes, timeoutMs }: LoadLimits = LIMITS,
): Promise<ReadonlyMap<string, RemoteImage>> {
  const loaded = new Map<string, RemoteImage>();
  const [first] = wanted.values();
  if (first === undefined) return loaded;
  if (fetchImage === undefined) throw turnedOff(first);
  const excess = [...wanted.values()][MAX_IMAGES];
  if (excess !== undefined) throw invalid(excess, `'${excess}' is one too many: at most ${MAX_IMAGES} are fetched.`);

  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  const allowance = new ByteAllowance(maxBytes);
  const queue = wanted.entries();
  const fetchNext = async () => {
    for (const [url, param] of queue) {
      ended.throwIfAborted();
      loaded.set(url, await fetchImage(url, { param, signal: ended, allowance }));
    }
  };
  const giveUp = () => {
    const late = [...wanted].find(([url]) => !loaded.has(url))?.[1] ?? first;
    failed.abort(tooSlow(late, timeoutMs));
  };
  const timer = setTimeout(giveUp, timeoutMs);
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, fetchNext));
  } catch (error) {
    failed.abort();
    if (!signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
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
