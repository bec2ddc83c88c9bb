import { isIP } from "node:net";

/** Why a remote image is not taken, as the beginning of a message to the user; `createImageFetcher` makes the whole error of it. */
export class ImageFault extends Error {}

/**
 * A URL that an image may be fetched from, as far as can be said before its host is looked up. `port`: the only one that is connected to. `from`:
 * the URL that redirected here, to which a relative one is relative. Throws an ImageFault.
 */
export function parseImageUrl(text: string, port: number, from?: URL): URL {
  const subject = from ? "The image URL redirects to one that" : "The image URL";
  const url = URL.parse(text, from?.href);
  if (url === null) throw new ImageFault(`${subject} is not a valid URL.`);
  if (url.protocol !== "https:") throw new ImageFault(`${subject} does not begin with 'https://'.`);
  if (url.username !== "" || url.password !== "") {
    throw new ImageFault(`${subject} holds a user name or a password, and those are not sent.`);
  }
  // Other ports are where services live that were never meant for a browser.
  if (Number(url.port || 443) !== port) throw new ImageFault(`${subject} names a port other than ${port}.`);
  return url;
}

/** The name or IP address in a URL, in the notations of `node:net`. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

/** The name that a TLS server is asked for; undefined for an IP address, whose certificate names the address itself. */
export function serverNameOf(url: URL): string | undefined {
  const host = hostOf(url);
  // The dot at the end of a complete DNS name is no part of the name in a certificate.
  return isIP(host) === 0 ? host.replace(/\.$/, "") : undefined;
}
