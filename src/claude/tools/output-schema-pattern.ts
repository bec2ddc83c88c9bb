/** What stands in a pattern as a whole, and is copied as it is: `\p{L}`, `\u{1F600}`, `\k<name>`, and quantifiers. */
const WHOLE = /\\[pPu]\{\w[^}]*\}|\\k<\w+>|\{\d+(?:,\d*)?\}/y;

/** Escapes for a set of characters, which can't begin or end a range. */
const IS_SET = /^\\[dDwWsSpP]/;

/**
 * The same regular expression as one that is valid under the `u` flag, by which the CLI compiles all of them. Other languages,
 * and JavaScript without that flag, also take needless escapes (`\@`), lone brackets and braces, and `[\w-.]`. Undefined when
 * there is none, or none that surely means the same.
 */
export function unicodePattern(source: string): string | undefined {
  if (isValid(source, "u")) return source;
  // What is no regular expression as it stands must not become one by what is taken away.
  if (!isValid(source, "") || /\[\[:|\{,\d*\}/.test(source)) return undefined;
  const rewritten = rewrite(source);
  return isValid(rewritten, "u") ? rewritten : undefined;
}

function rewrite(source: string): string {
  let output = "";
  let inClass = false;
  for (let index = 0; index < source.length; ) {
    const token = tokenAt(source, index, inClass);
    index += token.length;
    const next = source.slice(index, index + 2);
    output += inClass ? classToken(token) : plainToken(token);
    if (inClass && next !== "-]" && next.startsWith("-") && isBesideSet(token, source, index)) {
      output += "\\-";
      index++;
    }
    if (token === "[") inClass = true;
    else if (token === "]") inClass = false;
  }
  return output;
}

/** An escape with what belongs to it, a quantifier, or a single character. */
function tokenAt(source: string, index: number, inClass: boolean): string {
  WHOLE.lastIndex = index;
  const whole = WHOLE.exec(source)?.[0];
  if (whole !== undefined && !(inClass && whole.startsWith("{"))) return whole;
  return source.slice(index, index + (source[index] === "\\" ? 2 : 1));
}

/** Whether the hyphen here, after a token within a class, stands for itself: a set of characters is at one of its sides. */
function isBesideSet(token: string, source: string, hyphen: number): boolean {
  return IS_SET.test(token) || IS_SET.test(source.slice(hyphen + 1, hyphen + 3));
}

function plainToken(token: string): string {
  if (token === "{" || token === "}" || token === "]") return `\\${token}`;
  return unescaped(token);
}

function classToken(token: string): string {
  return token === "\\-" ? token : unescaped(token);
}

/** Without the backslash where it says nothing: before a sign that is none of the syntax. Before letters it might mean more. */
function unescaped(token: string): string {
  return /^\\[^\w^$\\.*+?()[\]{}|/]$/.test(token) || token === "\\_" ? token.slice(1) : token;
}

/** Whether it is a regular expression of JavaScript's. */
export function isValid(source: string, flags: string): boolean {
  try {
    new RegExp(source, flags);
    return true;
  } catch {
    return false;
  }
}
