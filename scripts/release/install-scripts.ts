import { createPublicKey } from "node:crypto";

/** The lines of both install scripts that the release fills in: from whose releases they install, and the key that signs these. */
const REPOSITORY = /^(\$?)(repository) ?= ?(["']).*\3 *# filled in by the release$/im;
const PUBLIC_KEY = /^(\$?)(public_?key) ?= ?(["']).*\3 *# filled in by the release$/im;

/** Of this size alone, since Windows' PowerShell 5.1 reads no key by itself: `install.ps1` takes the modulus from its place. */
const KEY_BITS = 3072;

/**
 * An install script for the releases of a repository, `owner/name`; the ones in the checkout belong to none, and ask for one. With `publicKey`, in PEM,
 * it asks for the signature of the checksums. Throws for what is no name of a repository, for another key than RSA with 3072 bits and the
 * exponent 65537, and for a script without the lines to fill in.
 */
export function installScriptFor(script: string, repository: string, publicKey?: string): string {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new Error(`--repository takes OWNER/NAME as GitHub spells it, not ${JSON.stringify(repository)}`);
  }
  return fill(fill(script, REPOSITORY, repository), PUBLIC_KEY, publicKey === undefined ? "" : inOneLine(publicKey));
}

function fill(script: string, line: RegExp, value: string): string {
  if (!line.test(script)) throw new Error("the install script has no line for the repository, or none for the key");
  return script.replace(line, (_line, sigil: string, name: string) =>
    sigil === "" ? `${name}="${value}"` : `$${name} = '${value}'`,
  );
}

function inOneLine(pem: string): string {
  const key = createPublicKey(pem);
  const { modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== "rsa" || modulusLength !== KEY_BITS || publicExponent !== 65_537n)
    throw new Error(`the key that signs releases must be RSA with ${KEY_BITS} bits and the exponent 65537`);
  return key.export({ type: "spki", format: "der" }).toString("base64");
}
