import { expect, test } from "bun:test";
import { fetcherIn, NOT_FOUND, type Page, PUBLIC } from "./made-up-internet.ts";

const IMAGE = "https://images.test/a.gif?size=2";

const to = (location: string, status = 302): Page => ({ status, headers: { location } });

test.each([301, 302, 303, 307, 308])("%d is followed, and the next host looked up anew", async (status) => {
  const target = "https://other.test/b.gif";
  const { fetch, resolved, connected, open } = fetcherIn({
    pages: { [IMAGE]: to(target, status), [target]: {} },
    dns: { "other.test": ["8.8.8.8"] },
  });
  expect((await fetch(IMAGE)).mediaType).toBe("image/gif");
  expect(resolved).toEqual(["images.test", "other.test"]);
  expect(connected).toEqual([`${PUBLIC} ${IMAGE}`, `8.8.8.8 ${target}`]);
  expect(open()).toBe(0);
});

test.each([
  ["/c.gif", "https://images.test/c.gif"],
  ["c.gif#part", "https://images.test/c.gif#part"],
  ["//other.test/c.gif", "https://other.test/c.gif"],
])("a relative one is followed: %s", async (location, target) => {
  const { fetch } = fetcherIn({ pages: { [IMAGE]: to(location), [target]: {} } });
  expect((await fetch(IMAGE)).mediaType).toBe("image/gif");
});

test.each([
  ["http://images.test/a.gif", "redirects to one that does not begin with 'https://'"],
  ["file:///etc/passwd", "does not begin with 'https://'"],
  ["https://me:secret@other.test/", "user name or a password"],
  ["https://other.test:8443/", "port other than 443"],
  ["https://[broken/", "not a valid URL"],
  ["https://127.0.0.1/", NOT_FOUND],
  ["https://[::ffff:10.0.0.1]/", NOT_FOUND],
  ["//169.254.169.254/latest/meta-data", NOT_FOUND],
  ["https://nas.home/", NOT_FOUND],
])("one that leads nowhere public is refused without a connection: %s", async (location, reason) => {
  const { refusal, connected } = fetcherIn({
    pages: { [IMAGE]: to(location) },
    dns: { "nas.home": ["192.168.1.2"] },
  });
  expect(await refusal(IMAGE)).toContain(reason);
  expect(connected).toEqual([`${PUBLIC} ${IMAGE}`]);
});

test("a host that was public at first is not taken for public again", async () => {
  const answers = [[PUBLIC], ["127.0.0.1"]];
  const { refusal, connected } = fetcherIn({
    pages: { [IMAGE]: to("/b.gif"), "https://images.test/b.gif": {} },
    options: { resolve: async () => answers.shift() ?? [] },
  });
  expect(await refusal(IMAGE)).toContain(NOT_FOUND);
  expect(connected).toHaveLength(1);
});

test("three are followed, a fourth is refused", async () => {
  const hop = (number: number) => `https://images.test/${number}`;
  const pages = { [hop(1)]: to("2"), [hop(2)]: to("3"), [hop(3)]: to("4"), [hop(4)]: {} };
  const { fetch, refusal, connected } = fetcherIn({ pages: { ...pages, [hop(0)]: to("1") } });
  expect((await fetch(hop(1))).mediaType).toBe("image/gif");
  connected.splice(0);
  expect(await refusal(hop(0))).toContain("redirects more than 3 times");
  expect(connected).toHaveLength(4);
});

test("one that says not where to is an answer like any", async () => {
  const { refusal } = fetcherIn({ pages: { [IMAGE]: { status: 302 } } });
  expect(await refusal(IMAGE)).toContain("HTTP status 302");
});
