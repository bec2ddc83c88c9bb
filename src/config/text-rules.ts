import type { TextRule } from "./kinds.ts";
import { isHost } from "./network-names.ts";
import { isOriginPattern, normalizeOrigin } from "./origin-pattern.ts";

export const HOST: TextRule = { accepts: "a host name or IP address, without scheme and port", isValid: isHost };

export const PATH: TextRule = { accepts: "a path", isValid: (path) => path.trim() !== "" };

/** Commas separate keys, and no header carries spaces or characters beyond ASCII safely. */
export const API_KEY: TextRule = {
  accepts: "a key of at least 8 characters: letters, digits and signs, without spaces and commas",
  isValid: (key) => /^[!-+\--~]{8,}$/.test(key),
};

export const ORIGIN: TextRule = {
  accepts:
    "an origin in the form scheme://host[:port], such as https://app.example or app://obsidian.md, or file:// or null",
  isValid: isOriginPattern,
  normalize: normalizeOrigin,
  explain: (origin) =>
    origin.includes("*")
      ? `"${origin}" is refused: with such a wildcard, any web page could spend your subscription. Name each origin as scheme://host[:port]; ` +
        "wildcards are possible as in app://*, https://*.example.com and http://localhost:*"
      : undefined,
};
