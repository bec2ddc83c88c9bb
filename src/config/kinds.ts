import Type, { type Static, type TSchema, type TString } from "typebox";
import { Compile } from "typebox/compile";
import { Pointer } from "typebox/value";
import { isHost } from "./network-names.ts";
import { isOriginPattern, normalizeOrigin } from "./origin-pattern.ts";

/** How one kind of setting is written, read and judged; the schema is the judge whatever source a value comes from. */
export type Kind<T> = {
  /** How many values its flag takes: a switch none, a list any number. */
  readonly takes: "none" | "one" | "many";
  /** What one written value must be, to follow "must be". */
  readonly accepts: string;
  /** The same for the native value in the configuration file. */
  readonly acceptsJson: string;
  /** What stands for a value in the help; nothing for a switch. */
  readonly placeholder: string;
  /** The only values there are, where that is so. */
  readonly choices?: readonly string[];
  readonly schema: TSchema;
  /** The native value that texts stand for. A text that stands for none is returned itself, for the schema to refuse. */
  fromText(texts: readonly string[]): unknown;
  check(candidate: unknown): Checked<T>;
};

type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export type Refusal = {
  /** The value itself, or the part of it that is wrong. */
  readonly offender: unknown;
  /** A reason worth more than the kind's `accepts`. */
  readonly explanation?: string;
};

type KindDefinition<S extends TSchema> = Omit<Kind<Static<S>>, "schema" | "check" | "acceptsJson" | "placeholder"> & {
  readonly placeholder?: string | undefined;
  readonly acceptsJson?: string;
  /** Brings an accepted value into the one form the program compares with. */
  readonly normalize?: ((value: Static<S>) => Static<S>) | undefined;
};

function defineKind<S extends TSchema>(schema: S, definition: KindDefinition<S>): Kind<Static<S>> {
  const { normalize = (value) => value, placeholder = "", ...rest } = definition;
  return {
    acceptsJson: rest.accepts,
    ...rest,
    placeholder,
    schema,
    check(candidate) {
      // Compiled on demand: most settings are absent most of the time, and the start should stay fast.
      const validator = Compile(schema);
      if (validator.Check(candidate)) return { ok: true, value: normalize(candidate) };
      return { ok: false, refusal: firstRefusal(validator.Errors(candidate), candidate) };
    },
  };
}

type SchemaError = { readonly keyword: string; readonly instancePath: string; readonly message: string };

/** The first thing a schema found wrong. A refinement's message is our own explanation; the built-in ones are not for people. */
export function firstRefusal(errors: readonly SchemaError[], root: unknown): Refusal {
  const error = errors[0];
  if (error === undefined) return { offender: root };
  const offender = error.instancePath === "" ? root : Pointer.Get(root, error.instancePath);
  return error.keyword === "~refine" && error.message !== "" ? { offender, explanation: error.message } : { offender };
}

/** What the item of a list, or a single text, has to fulfil beyond being a text. */
export type TextRule = {
  readonly accepts: string;
  readonly isValid: (text: string) => boolean;
  readonly placeholder?: string;
  /** Why this very text is refused, where "must be …" would not say enough. */
  readonly explain?: (text: string) => string | undefined;
  readonly normalize?: (text: string) => string;
};

export function wholeNumber(minimum: number, maximum: number): Kind<number> {
  return defineKind(Type.Integer({ minimum, maximum }), {
    takes: "one",
    accepts: `a whole number from ${minimum} to ${maximum}`,
    placeholder: "NUMBER",
    fromText: ([text = ""]) => (/^[+-]?\d+$/.test(text) ? Number(text) : text),
  });
}

export function text(rule: TextRule): Kind<string> {
  return defineKind(ruledString(rule), {
    takes: "one",
    accepts: rule.accepts,
    placeholder: rule.placeholder,
    fromText: ([only]) => only,
    normalize: rule.normalize,
  });
}

export function choice<const Values extends readonly [string, ...string[]]>(values: Values): Kind<Values[number]> {
  return defineKind(Type.Enum<[...Values]>([...values]), {
    takes: "one",
    accepts: `one of ${values.join(", ")}`,
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
    placeholder: rule.placeholder,
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
    placeholder: rule.placeholder,
    acceptsJson: `${rule.accepts}, or a JSON array of such`,
    fromText: splitItems,
  });
}

/** Names that stand for something: `NAME=MODEL` as text, an object in the configuration file. `faultOf` says what is wrong with a value. */
export function nameMap(
  form: string,
  faultOf: (value: string) => string | undefined,
): Kind<Readonly<Record<string, string>>> {
  const faultIn = (map: Readonly<Record<string, string>>) =>
    Object.entries(map).flatMap(([name, value]) => {
      if (name.trim() === "" || value.trim() === "") return [`${form} must have both sides filled in`];
      const fault = faultOf(value);
      return fault === undefined ? [] : [`${name}=${value}: ${fault}`];
    })[0];
  const namesAndValues = Type.Refine(
    Type.Record(Type.String(), Type.String()),
    (map) => faultIn(map) === undefined,
    (map) => faultIn(map) ?? "",
  );
  return defineKind(namesAndValues, {
    takes: "many",
    accepts: `${form}, each name once`,
    placeholder: form,
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

export const HOST: TextRule = {
  accepts: "a host name or IP address, without scheme and port",
  isValid: isHost,
  placeholder: "HOST",
};

/** Any text but a blank one. */
export function filled(accepts: string): TextRule {
  return { accepts, isValid: (text) => text.trim() !== "" };
}

export const PATH: TextRule = { ...filled("a path"), placeholder: "FILE" };

/** Commas separate keys, and no header carries spaces or characters beyond ASCII safely. */
export const API_KEY: TextRule = {
  accepts: "a key of at least 8 characters: letters, digits and signs, without spaces and commas",
  isValid: (key) => /^[!-+\--~]{8,}$/.test(key),
  placeholder: "KEY",
};

export const ORIGIN: TextRule = {
  accepts:
    "an origin in the form scheme://host[:port], such as https://app.example or app://obsidian.md, or file:// or null",
  isValid: isOriginPattern,
  placeholder: "ORIGIN",
  normalize: normalizeOrigin,
  explain: (origin) =>
    origin.includes("*")
      ? `"${origin}" is refused: with such a wildcard, any web page could spend your subscription. Name each origin as scheme://host[:port]; ` +
        "wildcards are possible as in app://*, https://*.example.com and http://localhost:*"
      : undefined,
};
