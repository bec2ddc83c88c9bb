import { expect, test } from "bun:test";
import { loadImages } from "../../../src/api/attachments/load-images.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { FetchImage } from "../../../src/media/fetch-image.ts";
import { until } from "../../support/wait.ts";

const NEVER = new AbortController().signal;
const urls = (count: number) =>
  new Map(Array.from({ length: count }, (_, index) => [`https://a.example/${index}`, `messages[${index}]`]));
const image = (base64: string) => ({ mediaType: "image/png", base64 }) as const;

type Fetch = { readonly url: string } & Parameters<FetchImage>[1] & PromiseWithResolvers<ReturnType<typeof image>>;

/** Fetches that a test ends one by one; those that are aborted fail. */
function fetching() {
  const fetches: Fetch[] = [];
  const fetchImage: FetchImage = (url, context) => {
    const { signal } = context;
    const fetch = { url, ...context, ...Promise.withResolvers<ReturnType<typeof image>>() };
    signal.addEventListener("abort", () => fetch.reject(signal.reason));
    fetches.push(fetch);
    return fetch.promise;
  };
  return { fetches, fetchImage };
}

const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "nothing",
    (error: unknown) => error,
  );

test("without images nothing is fetched, whether or not that is possible", async () => {
  expect((await loadImages(new Map(), undefined, NEVER)).size).toBe(0);
});

test("each image is fetched, the last one first, told which field it is for", async () => {
  const told: object[] = [];
  const loaded = await loadImages(
    urls(6),
    async (url, { param }) => {
      told.push([url, param]);
      return image(url);
    },
    NEVER,
  );
  expect(told).toEqual([...urls(6)].reverse());
  expect(loaded).toEqual(new Map([...urls(6).keys()].map((url) => [url, image(url)])));
});

test("at most four are fetched at once", async () => {
  const { fetches, fetchImage } = fetching();
  const loading = loadImages(urls(6), fetchImage, NEVER);
  expect(fetches).toHaveLength(4);
  fetches[2]?.resolve(image("c"));
  await until(() => fetches.length === 5, "the next is fetched");
  for (const fetch of fetches) fetch.resolve(image("x"));
  await until(() => fetches.length === 6, "the last is fetched");
  fetches[5]?.resolve(image("x"));
  expect((await loading).size).toBe(6);
});

test("of more than a hundred the last ones are fetched, and the others told by their fields", async () => {
  const { fetches, fetchImage } = fetching();
  const loading = loadImages(urls(101), fetchImage, NEVER);
  await until(() => {
    for (const fetch of fetches) fetch.resolve(image("x"));
    return fetches.length === 100;
  }, "all are fetched");
  const loaded = await loading;
  expect(loaded.size).toBe(101);
  expect(loaded.get("https://a.example/0")).toMatchObject({
    code: "invalid_request",
    param: "messages[0]",
    message: "'messages[0]' is one too many: at most 100 are fetched.",
  });
  expect([...loaded.values()].filter((one) => one instanceof ApiError)).toHaveLength(1);
});

test("none is there when the user turned them off; the flag is named", async () => {
  const loaded = await loadImages(urls(2), undefined, NEVER);
  expect([...loaded.values()]).toMatchObject([{ param: "messages[0]" }, { param: "messages[1]" }]);
  expect(String(loaded.get("https://a.example/0"))).toContain("--no-remote-images");
});

test("one that cannot be had is told as that, and the others are there", async () => {
  const missing = new ApiError("invalid_request", "not found", { param: "messages[1]" });
  const fetchImage: FetchImage = async (url) => {
    if (url.endsWith("/1")) throw missing;
    return image(url);
  };
  const loaded = await loadImages(urls(3), fetchImage, NEVER);
  expect(loaded.get("https://a.example/1")).toBe(missing);
  expect([...loaded.values()].filter((one) => one instanceof ApiError)).toEqual([missing]);
});

test("all images of a request share one allowance of bytes, and no other request's", async () => {
  const one = fetching();
  const other = fetching();
  const loading = [one, other].map(({ fetchImage }) => loadImages(urls(3), fetchImage, NEVER));
  const allowances = new Set([...one.fetches, ...other.fetches].map(({ allowance }) => allowance));
  expect([...allowances].map(({ total }) => total)).toEqual([32 * 1024 * 1024, 32 * 1024 * 1024]);
  for (const fetch of [...one.fetches, ...other.fetches]) fetch.resolve(image("x"));
  await Promise.all(loading);
});

test("all images of a request have one deadline: those that are not there are named, and all fetches end", async () => {
  const { fetches, fetchImage } = fetching();
  const loading = loadImages(urls(6), fetchImage, NEVER, { maxBytes: 1, timeoutMs: 1 });
  fetches[0]?.resolve(image("x"));
  const loaded = await loading;
  expect(loaded.get("https://a.example/5")).toEqual(image("x"));
  for (const index of [0, 1, 2, 3, 4]) {
    expect(loaded.get(`https://a.example/${index}`)).toMatchObject({
      code: "invalid_request",
      param: `messages[${index}]`,
      message: expect.stringContaining("all images of a request are fetched within 0.001 seconds"),
    });
  }
  expect(fetches.every(({ signal }) => signal.aborted)).toBeTrue();
});

test("a client that leaves ends them all", async () => {
  const { fetches, fetchImage } = fetching();
  const client = new AbortController();
  const loading = caught(loadImages(urls(6), fetchImage, client.signal));
  client.abort();
  expect(await loading).toMatchObject({ code: "client_closed" });
  expect(fetches).toHaveLength(4);
});

test("for a client that has left nothing is fetched", async () => {
  const { fetches, fetchImage } = fetching();
  expect(await caught(loadImages(urls(1), fetchImage, AbortSignal.abort()))).toMatchObject({ code: "client_closed" });
  expect(fetches).toEqual([]);
});
