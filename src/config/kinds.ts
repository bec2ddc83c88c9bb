import Type, { type TString } from "typebox";
import { defineKind, type Kind } from "./kind.ts";

/** What the item of a list, or a single text, has to fulfil beyond being a text. */
export type TextRule = {
  readonly accepts: string;
  readonly isValid: (text: string) => boolean;
  /** Why this very text is refused, where "must be …" would not say enough. */
  readonly explain?: (text: string) => string | undefined;
  readonly normalize?: (text: string) => string;
};

export function wholeNumber(minimum: number, maximum: number): Kind<number> {
  const accepts = `a whole number from ${minimum} to ${maximum}`;
  return defineKind(Type.Integer({ minimum, maximum }), {
    takes: "one",
    accepts,
    acceptsJson: accepts,
    fromText: ([text = ""]) => (/^[+-]?\d+$/.test(text) ? Number(text) : text),
  });
}

export function text(rule: TextRule): Kind<string> {
  const { normalize } = rule;
  return defineKind(ruledString(rule), {
    takes: "one",
    accepts: rule.accepts,
    acceptsJson: rule.accepts,
    fromText: ([only]) => only,
    ...(normalize && { normalize }),
  });
}

export function choice<const Values extends readonly [string, ...string[]]>(values: Values): Kind<Values[number]> {
  const accepts = `one of ${values.join(", ")}`;
  return defineKind(Type.Enum<[...Values]>([...values]), {
    takes: "one",
    accepts,
    acceptsJson: accepts,
    choices: values,
    fromText: ([only]) => only,
  });
}

const SWITCH_WORDS = new Map([
  ...["true", "1", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "0", "no", "off"].map((word) => [word, false] as const),
]);

export function onOff(): Kind<boolean> {
  return defineKind(Type.Boolean(), {
    takes: "none",
    accepts: "true or false (or 1/0, yes/no, on/off)",
    acceptsJson: "true or false",
    fromText: ([word = ""]) => SWITCH_WORDS.get(word.toLowerCase()) ?? word,
  });
}

export function list(rule: TextRule): Kind<readonly string[]> {
  const { normalize } = rule;
  return defineKind(Type.Array(ruledString(rule)), {
    takes: "many",
    accepts: rule.accepts,
    acceptsJson: `a JSON array, each item ${rule.accepts}`,
    fromText: splitItems,
    ...(normalize && { normalize: (items) => items.map(normalize) }),
  });
}

/** A list in which each value stands for itself, commas included. */
export function wholeTexts(rule: TextRule): Kind<readonly string[]> {
  return { ...list(rule), fromText: (texts) => [...texts] };
}

/** A list whose file may hold a single text as well. */
export function oneOrMore(rule: TextRule): Kind<string | readonly string[]> {
  const item = ruledString(rule);
  return defineKind(Type.Union([Type.Array(item, { minItems: 1 }), item]), {
    takes: "many",
    accepts: rule.accepts,
    acceptsJson: `${rule.accepts}, or a JSON array of such`,
    fromText: splitItems,
  });
}

/** Names that stand for something: `NAME=MODEL` as text, an object in the configuration file. `faultOf` says what is wrong with a value. */
export function nameMap(
  form: string,
  faultOf: (value: string) => string | undefined = () => undefined,
): Kind<Readonly<Record<string, string>>> {
  const isFilled = (map: Readonly<Record<string, string>>) =>
    Object.entries(map).every(([name, value]) => name.trim() !== "" && value.trim() !== "");
  const faultIn = (map: Readonly<Record<string, string>>) =>
    Object.entries(map).flatMap(([name, value]) => {
      const fault = faultOf(value);
      return fault === undefined ? [] : [`${name}=${value}: ${fault}`];
    })[0];
  const namesAndValues = Type.Refine(
    Type.Refine(Type.Record(Type.String(), Type.String()), isFilled, () => `${form} must have both sides filled in`),
    (map) => faultIn(map) === undefined,
    (map) => faultIn(map) ?? "",
  );
  return defineKind(namesAndValues, {
    takes: "many",
    accepts: `${form}, each name once`,
    acceptsJson: "a JSON object of names and what they stand for, both texts",
    fromText: (texts) => readPairs(splitItems(texts)),
    // Without a prototype, a look-up of a name that a client sent, such as "constructor", finds nothing inherited.
    normalize: (map) => Object.assign<Record<string, string>, Record<string, string>>(Object.create(null), map),
  });
}

function ruledString({ isValid, explain }: TextRule): TString {
  return Type.Refine(Type.String(), isValid, (value) => explain?.(value) ?? "");
}

/** Every list may be written as several values or as one with commas; an environment variable can only be the latter. */
function splitItems(texts: readonly string[]): string[] | string {
  const items = texts.flatMap((text) => text.split(",")).map((item) => item.trim());
  const filled = items.filter((item) => item !== "");
  return filled.length === 0 ? texts.join(",") : filled;
}

function readPairs(items: string[] | string): Record<string, string> | string {
  if (typeof items === "string") return items;
  const pairs = new Map<string, string>();
  for (const item of items) {
    const equals = item.indexOf("=");
    const name = item.slice(0, Math.max(equals, 0)).trim();
    if (equals < 0 || pairs.has(name)) return item;
    pairs.set(name, item.slice(equals + 1).trim());
  }
  return Object.fromEntries(pairs);
}
