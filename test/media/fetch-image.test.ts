import { describe, expect, test } from "bun:test";
import { createImageFetcher } from "../../src/media/fetch-image.ts";
import { ByteAllowance } from "../../src/media/read-image.ts";
import { alone, fetcherIn, GIF, NOT_FOUND, only, type Page, PUBLIC } from "./made-up-internet.ts";

// Here the network is made up; https-fetch.test.ts runs over a real one.

const IMAGE = "https://images.test/a.gif?size=2";

test("an image is fetched from its checked address, told by its content, and given as base64", async () => {
  const { fetch, connected, open } = fetcherIn({ pages: { [IMAGE]: { headers: { "content-type": "text/html" } } } });
  expect(await fetch(IMAGE)).toEqual({ mediaType: "image/gif", base64: Buffer.from(GIF).toString("base64") });
  expect(connected).toEqual([`${PUBLIC} ${IMAGE}`]);
  expect(open()).toBe(0);
});

describe("a URL that is refused before anything is looked up", () => {
  test.each([
    ["", "not a valid URL"],
    ["images.test/a.gif", "not a valid URL"],
    ["https://", "not a valid URL"],
    ["https://8.8.8.256/", "not a valid URL"],
    ["https://[fe80::1%25eth0]/", "not a valid URL"],
    ["https://images.test:65536/", "not a valid URL"],
    ["http://images.test/a.gif", "https://"],
    ["HTTP://images.test/a.gif", "https://"],
    ["ftp://images.test/a.gif", "https://"],
    ["file:///etc/passwd", "https://"],
    ["data:image/gif;base64,R0lGODlh", "https://"],
    ["blob:https://images.test/1", "https://"],
    ["javascript:1", "https://"],
    ["gopher://images.test/", "https://"],
    ["unix:/run/docker.sock", "https://"],
    ["https://me@images.test/", "user name or a password"],
    ["https://:secret@images.test/", "user name or a password"],
    ["https://8.8.8.8@10.0.0.1/", "user name or a password"],
    ["https://images.test:80/", "port other than 443"],
    ["https://images.test:8443/", "port other than 443"],
    ["https://images.test:22/", "port other than 443"],
  ])("%s", async (url, reason) => {
    const { refusal, resolved, connected } = fetcherIn({});
    const message = await refusal(url);
    expect(message).toContain(reason);
    expect(message).not.toContain("secret");
    expect([resolved, connected]).toEqual([[], []]);
  });
});

describe("an address that is not public, however it is written, is refused without a connection", () => {
  test.each([
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "127。0。0。1",
    "%31%32%37.0.0.1",
    "10.0.0.1",
    "10.0.0.1.",
    "192.168.0.1:443",
    "169.254.169.254",
    "0.0.0.0",
    "0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a00:1]",
    "[64:ff9b::10.0.0.1]",
    "[fd00::1]",
    "[fe80::1]",
    "[2002:a00:1::]",
  ])("https://%s/", async (host) => {
    const { refusal, resolved, connected } = fetcherIn({});
    expect(await refusal(`https://${host}/x`)).toContain(NOT_FOUND);
    expect([resolved, connected]).toEqual([[], []]);
  });
});

test("a public address needs no looking up", async () => {
  const { fetch, resolved, connected } = fetcherIn({
    pages: { "https://8.8.8.8/": {}, "https://[2606:4700::1111]/": {} },
  });
  await fetch("https://134744072/");
  await fetch("https://[2606:4700:0::1111]/");
  expect(resolved).toEqual([]);
  expect(connected).toEqual(["8.8.8.8 https://8.8.8.8/", "2606:4700::1111 https://[2606:4700::1111]/"]);
});

describe("a host name is refused without a connection when", () => {
  test.each([
    ["its address is private", ["10.0.0.1"]],
    ["its address is loopback", ["::1"]],
    ["a private address is among public ones", [PUBLIC, "2606:4700::1111", "192.168.1.1"]],
    ["a private address comes first", ["169.254.169.254", PUBLIC]],
    ["its address has a zone", ["fe80::1%eth0"]],
    ["its address is no address", ["images.test"]],
    ["it has no address", []],
  ])("%s", async (_, addresses) => {
    const { refusal, connected } = fetcherIn({ dns: { "images.test": addresses }, pages: { [IMAGE]: {} } });
    expect(await refusal(IMAGE)).toContain(NOT_FOUND);
    expect(connected).toEqual([]);
  });
});

test("a name that does not exist and one of the private network are refused with the same words", async () => {
  const missing = fetcherIn({ options: { resolve: () => Promise.reject(new Error("ENOTFOUND")) } });
  const hidden = fetcherIn({ dns: { "nas.home": ["192.168.1.2"] } });
  expect(await missing.refusal("https://nas.home/")).toBe(await hidden.refusal("https://nas.home/"));
});

test("the system's own answer is checked like any: localhost is refused", async () => {
  const fetchImage = createImageFetcher();
  const refused = fetchImage("https://localhost/", alone());
  await expect(refused).rejects.toThrow(NOT_FOUND);
});

test("a name is looked up once and connected to as it was then: a second, private answer is never asked for", async () => {
  const answers = [[PUBLIC], ["127.0.0.1"]];
  const { fetch, connected } = fetcherIn({
    pages: { [IMAGE]: {} },
    options: { resolve: async () => answers.shift() ?? [] },
  });
  await fetch(IMAGE);
  expect(connected).toEqual([`${PUBLIC} ${IMAGE}`]);
  expect(answers).toEqual([["127.0.0.1"]]);
});

test("when an address cannot be connected to, the next is tried, IPv4 first, and no more than three", async () => {
  const dns = { "images.test": ["2606:4700::1", PUBLIC, "8.8.8.8", "2606:4700::2"] };
  const { refusal, connected } = fetcherIn({ dns });
  expect(await refusal(IMAGE)).toContain("No connection to the host of the image URL, 'images.test' (ECONNREFUSED).");
  expect(connected.map((line) => line.split(" ")[0])).toEqual([PUBLIC, "8.8.8.8", "2606:4700::1"]);
});

describe("an answer that is refused", () => {
  async function* broken() {
    yield GIF;
    throw new Error("reset");
  }
  test.each<[string, Page, string]>([
    ["not found", { status: 404 }, "HTTP status 404"],
    ["a part only", { status: 206 }, "HTTP status 206"],
    ["nothing new", { status: 304, headers: { location: "/b" } }, "HTTP status 304"],
    ["compressed", { headers: { "content-encoding": "gzip" } }, "compressed"],
    ["empty", { body: only() }, "not a PNG, JPEG, GIF or WebP"],
    [
      "said to be an image",
      { body: only(Buffer.from("<svg/>")), headers: { "content-type": "image/png" } },
      "not a PNG",
    ],
    ["too large by its own account", { headers: { "content-length": "20971521" } }, "larger than 20 MiB"],
    ["broken off", { body: broken() }, "broke off"],
  ])("%s", async (_, page, reason) => {
    const { refusal } = fetcherIn({ pages: { [IMAGE]: page } });
    expect(await refusal(IMAGE)).toContain(reason);
  });

  test("no message holds the URL's path or query", async () => {
    const url = "https://images.test/private/a.gif?token=secret";
    for (const page of [undefined, { status: 404 }, { body: only() }, { body: broken() }]) {
      const message = await fetcherIn({ pages: page ? { [url]: page } : {} }).refusal(url);
      expect(message).not.toMatch(/secret|private/);
    }
  });
});

test("an image of just the limit is taken, of one byte more refused", async () => {
  const chunks = () => only(GIF, new Uint8Array(90), new Uint8Array(1));
  const size = GIF.length + 91;
  const within = fetcherIn({ pages: { [IMAGE]: { body: chunks() } }, options: { maxBytes: size } });
  expect(Buffer.from((await within.fetch(IMAGE)).base64, "base64")).toHaveLength(size);
  const beyond = fetcherIn({ pages: { [IMAGE]: { body: chunks() } }, options: { maxBytes: size - 1 } });
  expect(await beyond.refusal(IMAGE)).toContain(`larger than ${size - 1} bytes`);
});

describe("what the images of a request may have together", () => {
  const PAGES = ["https://images.test/1.gif", "https://images.test/2.gif"] as const;

  test("is counted over all of them: the one that goes beyond is refused, though it is small", async () => {
    const pages = Object.fromEntries(PAGES.map((url) => [url, { body: only(GIF) }]));
    const { fetch, refusal } = fetcherIn({ pages });
    const allowance = new ByteAllowance(2 * GIF.length - 1);
    await fetch(PAGES[0], { allowance });
    expect(await refusal(PAGES[1], { allowance })).toContain(
      `at most ${2 * GIF.length - 1} bytes are fetched for one request`,
    );
  });

  test("may be had to the last byte", async () => {
    const pages = Object.fromEntries(PAGES.map((url) => [url, { body: only(GIF) }]));
    const { fetch } = fetcherIn({ pages });
    const allowance = new ByteAllowance(2 * GIF.length);
    await Promise.all(PAGES.map((url) => fetch(url, { allowance })));
    expect(allowance.spend(1)).toBeFalse();
  });

  test("is counted while they arrive: of a body that goes beyond no more is read", async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        read++;
        yield GIF;
      }
    }
    const { refusal } = fetcherIn({ pages: { [IMAGE]: { body: endless() } } });
    await refusal(IMAGE, { allowance: new ByteAllowance(3 * GIF.length) });
    expect(read).toBe(4);
  });
});

describe("time", () => {
  const never = () => new Promise<never>(() => {});

  test("looking up counts: a name server that does not answer is given up", async () => {
    const { refusal } = fetcherIn({ options: { resolve: never, timeoutMs: 20 } });
    expect(await refusal(IMAGE)).toContain("did not arrive within 0.02 seconds");
  });

  test("the signal ends it at once with its reason, even while a name is looked up, and nothing is connected to after", async () => {
    const looked = Promise.withResolvers<readonly string[]>();
    let requests = 0;
    const fetchImage = createImageFetcher({
      resolve: () => looked.promise,
      request: () => {
        requests++;
        return never();
      },
    });
    const client = new AbortController();
    const fetching = fetchImage(IMAGE, { ...alone(), signal: client.signal });
    const reason = new Error("the client left");
    client.abort(reason);
    await expect(fetching).rejects.toBe(reason);
    looked.resolve([PUBLIC]);
    await Bun.sleep(0);
    expect(requests).toBe(0);
  });

  test("a signal that aborted before lets nothing happen", async () => {
    const { resolved } = fetcherIn({});
    const fetchImage = createImageFetcher({
      resolve: async (host) => {
        resolved.push(host);
        return [PUBLIC];
      },
    });
    const reason = new Error("gone");
    await expect(fetchImage(IMAGE, { ...alone(), signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(resolved).toEqual([]);
  });
});
