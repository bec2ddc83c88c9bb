import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { attempt } from "../../config/errors.ts";

const ServiceDefinition = Type.Readonly(
  Type.Object({
    /** The version that wrote it. */
    version: Type.String(),
    /** Absolute, and not resolved: a link that an update points elsewhere stays a link. */
    executable: Type.String(),
    /** The server's flags, each one word: `--port=3456`. */
    flags: Type.Array(Type.String()),
    /** Set for the server, beside what the platform sets. */
    environment: Type.Record(Type.String(), Type.String()),
  }),
);

/** What the service runs. No secret is in it: the files made from it may be read by others. */
export type ServiceDefinition = Static<typeof ServiceDefinition>;

const MARK = "claude-max-api service:";

/**
 * The definition as a line for a comment in the platform's own file. It says that the file is ours, and later commands learn from it
 * what was installed. Dashes are escaped, since two of them may not stand in a comment of XML, and so is what is not ASCII.
 */
export function definitionMark({ version, executable, flags, environment }: ServiceDefinition): string {
  const json = JSON.stringify({ version, executable, flags, environment });
  return `${MARK} ${json.replace(/[-\u0080-\uffff]/g, asEscape)}`;
}

function asEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Whether a service's file starts `claude-max-api-proxy`, the npm package that this program replaces. */
export function startsOlderPackage(content: string): boolean {
  return /claude-max-api-proxy|standalone\.js/.test(content);
}

/** The definition that a file was made from; undefined when this program did not write it. */
export function readDefinition(content: string): ServiceDefinition | undefined {
  // Read as UTF-8, the ASCII of a file in UTF-16 has a NUL behind each character.
  const text = new RegExp(`${MARK} (\\{.*\\})`).exec(content.replaceAll("\0", ""))?.[1];
  if (text === undefined) return undefined;
  const json: unknown = attempt(() => JSON.parse(text));
  return Compile(ServiceDefinition).Check(json) ? json : undefined;
}
