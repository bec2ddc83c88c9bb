import { Ability } from "./ability.ts";

/**
 * Whether processes of the installed CLI can be given another system prompt and another model once they remember nothing. Older
 * versions say yes to the request and go on with the old system prompt, so of versions that we do not know it is tried first.
 */
export class Rebinding extends Ability {}
