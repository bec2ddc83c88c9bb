import { ApiError } from "../../core/error.ts";
import { ByteAllowance } from "../../media/read-image.ts";
import { invalid } from "../invalid.ts";
import type { FetchedImages, RemoteImage } from "./remote-images.ts";

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
  const loaded = new Map<string, RemoteImage | ApiError>();
  if (fetchImage === undefined) {
    for (const [url, param] of wanted) loaded.set(url, turnedOff(param));
    return loaded;
  }
  const latestFirst = [...wanted].reverse();
  for (const [url, param] of latestFirst.splice(MAX_IMAGES)) loaded.set(url, oneTooMany(param));

  const late = new AbortController();
  const ended = AbortSignal.any([signal, late.signal]);
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
  const timer = setTimeout(() => late.abort(), timeoutMs);
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, fetchNext));
  } finally {
    clearTimeout(timer);
  }
  if (signal.aborted) throw new ApiError("client_closed", "The client left while its images were fetched.");
  return loaded;
}

function oneTooMany(param: string): ApiError {
  return invalid(param, `'${param}' is one too many: at most ${MAX_IMAGES} are fetched.`);
}

function tooSlow(param: string, timeoutMs: number): ApiError {
  const limit = `all images of a request are fetched within ${timeoutMs / 1000} seconds`;
  return invalid(param, `'${param}' did not arrive in time: ${limit}. Name fewer, or send them as data URLs.`);
}

function turnedOff(param: string): ApiError {
  const message = `'${param}' names a remote image, and the server was started with --no-remote-images: send it as a data URL.`;
  return invalid(param, message);
}
