import { expect } from "bun:test";
import { toApiError } from "../../src/core/error.ts";
import { createImageFetcher, type FetchContext, type ImageFetcherOptions } from "../../src/media/fetch-image.ts";
import type { HttpsResponse } from "../../src/media/https-get.ts";
import { ByteAllowance } from "../../src/media/read-image.ts";

export const GIF = new TextEncoder().encode("GIF89a\x01\0\x01\0");
export const PUBLIC = "93.184.215.14";

export type Page = Partial<Omit<HttpsResponse, "header" | "close">> & {
  readonly headers?: Readonly<Record<string, string>>;
};
type Internet = {
  /** Pages by URL. */
  readonly pages?: Readonly<Record<string, Page>>;
  /** Addresses by host name; a public one for those not mentioned. */
  readonly dns?: Readonly<Record<string, readonly string[]>>;
  readonly options?: Partial<ImageFetcherOptions>;
};

/** What one image may be fetched with, where the others of its request do not matter. */
export const alone = () => ({
  param: "p",
  signal: new AbortController().signal,
  allowance: new ByteAllowance(32 * 1024 * 1024),
});

export async function* only(...chunks: Uint8Array[]) {
  yield* chunks;
}

/** A fetcher in a made-up internet, and what it did there. */
export function fetcherIn({ pages = {}, dns = {}, options = {} }: Internet) {
  const resolved: string[] = [];
  const connected: string[] = [];
  let open = 0;
  const fetchImage = createImageFetcher({
    resolve: async (hostname) => {
      resolved.push(hostname);
      return dns[hostname] ?? [PUBLIC];
    },
    request: async (url, address) => {
      connected.push(`${address} ${url.href}`);
      const page = pages[url.href];
      if (page === undefined) throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
      open++;
      const { status = 200, body = only(GIF), headers = {} } = page;
      return { status, body, header: (name) => headers[name], close: () => void open-- };
    },
    ...options,
  });
  const refusal = async (url: string, context: Partial<FetchContext> = {}) => {
    const param = "messages[0].content[1].image_url.url";
    const error = await fetchImage(url, { ...alone(), param, ...context }).catch(toApiError);
    if (!(error instanceof Error)) throw new Error("was not refused");
    expect(error).toMatchObject({ code: "invalid_request", param });
    expect(error.message).toContain("data:image/png;base64,");
    expect(open).toBe(0);
    return error.message;
  };
  return {
    fetch: (url: string, context: Partial<FetchContext> = {}) => fetchImage(url, { ...alone(), ...context }),
    refusal,
    resolved,
    connected,
    open: () => open,
  };
}

/** What is said of a host that has a private address, or none. */
export const NOT_FOUND = "was not found on the public internet";
