import type { Style } from "../terminal/text.ts";
import type { Format } from "./config-file/format.ts";
import { splice } from "./config-file/splice.ts";
import { unifiedDiff } from "./config-file/unified-diff.ts";
import { ANY_KEY } from "./connection.ts";

export type ShownDiff = {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly style: Style;
  readonly format: Format;
  /** The server's keys. */
  readonly secrets: readonly string[];
};

/** What changes in a client's file, without the secrets that stand in it: what is shown may be kept in a log. */
export function shownDiff({ from, to, path, style, format, secrets }: ShownDiff): string {
  const mask = (text: string) => secrets.reduce((shown, key) => shown.replaceAll(key, "YOUR_KEY"), masked(text));
  return unifiedDiff(from, to, path, style, mask);

  function masked(text: string): string {
    if (text.trim() === "") return text;
    const places = format.strings(text).filter((place) => place.path.some(isSecretName) && !isHarmless(place.value));
    const splices = places.map(({ start, end }) => ({ start, end, text: stars(text.slice(start, end)) }));
    return splice(text, splices)
      .replace(ASSIGNED, (all, before: string, name: string, quoted: string) =>
        isSecretName(name) && !isHarmless(quoted.slice(1, -1)) ? before + stars(quoted) : all,
      )
      .replace(/\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, "$1 ***");
  }

  function isHarmless(value: string): boolean {
    return value === ANY_KEY || REFERENCE.test(value) || secrets.some((secret) => value.includes(secret));
  }
}

/** A name with a text, wherever it stands: settings that are commented out hold secrets, too. */
const ASSIGNED = /(?<![\w.-])(["']?([\w.-]+)["']?\s*[:=]\s*)("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/g;

/** What only says where a secret is: `${NAME}`, `{env:NAME}`. */
const REFERENCE = /^\$?\{[^{}]*\}$/;

const SECRET_NAME =
  /(api|access|private|secret|signing|encryption|auth)[-_ ]?key|^key$|token|secret|authori[sz]ation|pass(word|wd|phrase)|credential|cookie/i;

/** Names that say which variable holds a secret, as Codex has them, are none. */
function isSecretName(name: string | number): boolean {
  return SECRET_NAME.test(String(name)) && !/env([-_](var|key))?$/i.test(String(name));
}

/** As many lines as before. */
function stars(quoted: string): string {
  return `"***"${quoted.replace(/[^\n]/g, "")}`;
}
