import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { ApiError } from "../core/error.ts";
import { createHttpsGet, type HttpsGet, type HttpsResponse } from "./https-get.ts";
import { hostOf, ImageFault, parseImageUrl } from "./image-url.ts";
import { isPublicAddress } from "./public-address.ts";
import type { ByteAllowance } from "./read-image.ts";
import { type FetchedImage, readImage } from "./read-image.ts";

export type FetchContext = {
  /** The request's field that holds the URL. */
  readonly param: string;
  readonly signal: AbortSignal;
  /** What this image and the others of the request may have all together. */
  readonly allowance: ByteAllowance;
};
/**
 * Gets an image from the web. Rejects with an ApiError that names `param`, also once the allowance is spent, or with the signal's
 * reason once that aborts.
 */
export type FetchImage = (url: string, context: FetchContext) => Promise<FetchedImage>;

export type ImageFetcherOptions = {
  /** All IP addresses of a host name. */
  readonly resolve: (hostname: string) => Promise<readonly string[]>;
  readonly request: HttpsGet;
  /** Which addresses may be connected to. Anything but the default is for tests: it is what keeps the user's network private. */
  readonly isAllowedAddress: (address: string) => boolean;
  /** The only port that is connected to. */
  readonly port: number;
  readonly maxBytes: number;
  /** For the whole: looking up, connecting, redirects, and reading. */
  readonly timeoutMs: number;
  readonly maxRedirects: number;
};

const DEFAULTS = {
  resolve: async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address),
  request: createHttpsGet(),
  isAllowedAddress: isPublicAddress,
  port: 443,
  maxBytes: 20 * 1024 * 1024,
  timeoutMs: 20_000,
  maxRedirects: 3,
} as const satisfies ImageFetcherOptions;

/** A host may name any number of addresses; each that swallows its packets costs time. */
const MAX_CONNECTION_ATTEMPTS = 3;

/**
 * Makes a function that fetches an image which somebody else named, without being a way into the network that this program runs in:
 * only https, only public addresses, and the connection goes to an address that was checked, at each redirect anew. It is always
 * direct: proxy settings of the environment are not heeded, since a proxy would look up the host by itself.
 *
 * The function rejects with an ApiError `invalid_request` for `param`, or with the signal's reason once that aborts. A host with a
 * private address and one that does not exist are refused with the same words.
 */
export function createImageFetcher(options: Partial<ImageFetcherOptions> = {}): FetchImage {
  const settings: ImageFetcherOptions = { ...DEFAULTS, ...options };
  return async (url, { param, signal, allowance }) => {
    signal.throwIfAborted();
    const stopping = new AbortController();
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    stopping.signal.addEventListener("abort", () => reject(stopping.signal.reason));
    const abort = () => stopping.abort(signal.reason);
    signal.addEventListener("abort", abort);
    const tooSlow = new ImageFault(`The image did not arrive within ${settings.timeoutMs / 1000} seconds.`);
    const timer = setTimeout(() => stopping.abort(tooSlow), settings.timeoutMs);
    try {
      // A race, since a name that is being looked up cannot be called off.
      return await Promise.race([fetchFollowing(url, stopping.signal, { ...settings, allowance }), stopped]);
    } catch (error) {
      if (error instanceof ImageFault) throw new ApiError("invalid_request", `${error.message} ${ACCEPTED}`, { param });
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  };
}

const ACCEPTED =
  "Give the https:// URL of a public image, or send the image itself as a data URL: 'data:image/png;base64,…'.";

const REDIRECTS = [301, 302, 303, 307, 308];

type OneFetch = ImageFetcherOptions & { readonly allowance: ByteAllowance };

async function fetchFollowing(text: string, signal: AbortSignal, settings: OneFetch): Promise<FetchedImage> {
  let url = parseImageUrl(text, settings.port);
  for (let redirects = 0; ; redirects++) {
    const response = await connect(url, signal, settings);
    try {
      const location = REDIRECTS.includes(response.status) ? response.header("location") : undefined;
      if (location === undefined) return await readImage(response, settings);
      if (redirects === settings.maxRedirects) {
        throw new ImageFault(`The image URL redirects more than ${settings.maxRedirects} times.`);
      }
      url = parseImageUrl(location, settings.port, url);
    } finally {
      response.close();
    }
  }
}

async function connect(url: URL, signal: AbortSignal, settings: ImageFetcherOptions): Promise<HttpsResponse> {
  const addresses = await allowedAddresses(url, settings);
  let failure: unknown;
  for (const address of addresses.slice(0, MAX_CONNECTION_ATTEMPTS)) {
    signal.throwIfAborted();
    try {
      return await settings.request(url, address, signal);
    } catch (error) {
      failure = error;
    }
  }
  throw new ImageFault(`No connection to the host of the image URL, '${url.host}'${reasonOf(failure)}.`);
}

/** The addresses of a URL's host, if every one of them is allowed: a host that mixes them is not honest, or not public. */
async function allowedAddresses(url: URL, { resolve, isAllowedAddress }: ImageFetcherOptions) {
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
  if (addresses.length === 0 || !addresses.every(isAllowedAddress)) {
    // One message for what does not exist and what is private: the names of the user's network are nobody's business.
    throw new ImageFault(`The host of the image URL, '${url.host}', was not found on the public internet.`);
  }
  // IPv4 first: where there is none it fails at once, whereas IPv6 that leads nowhere often costs all the time there is.
  return addresses.toSorted((a, b) => isIP(a) - isIP(b));
}

/** `CERT_HAS_EXPIRED`, `ECONNREFUSED`: the code alone, since messages may hold more than the user should be told. */
function reasonOf(failure: unknown): string {
  const isCoded = failure instanceof Error && "code" in failure && typeof failure.code === "string";
  return isCoded ? ` (${failure.code})` : "";
}
