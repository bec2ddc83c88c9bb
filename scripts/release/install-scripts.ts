/** The line of both install scripts that says from whose releases they install. */
const LINE = /^(\$?)(repository) ?= ?(["']).*\3 *# filled in by the release$/im;

/**
 * An install script for the releases of a repository, `owner/name`; the ones in the checkout belong to none, and ask for one. Throws for what
 * is no name of a repository, and for a script without the line to fill in.
 */
export function installScriptFor(script: string, repository: string): string {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new Error(`--repository takes OWNER/NAME as GitHub spells it, not ${JSON.stringify(repository)}`);
  }
  if (!LINE.test(script)) throw new Error("the install script has no line for the repository");
  return script.replace(LINE, (_line, sigil: string, name: string) =>
    sigil === "" ? `${name}="${repository}"` : `$${name} = '${repository}'`,
  );
}
