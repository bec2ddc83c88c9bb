import { text } from "../../config/kinds.ts";
import { defineFlag } from "../../config/option.ts";
import type { Call, Surroundings } from "../command.ts";
import { flagValue } from "../command-line/settings.ts";

/** A second service beside the usual one, such as for another login. The name becomes a part of files' names on every platform. */
export const NAME = defineFlag({
  flag: "name",
  kind: text({
    accepts: "up to 30 small letters, digits and dashes, such as work",
    isValid: (name) => /^[a-z0-9][a-z0-9-]{0,29}$/.test(name),
  }),
  default: undefined,
  placeholder: "NAME",
  description: "Another service than the usual one, such as for a second login",
});

/** The call with the service that it is about. */
export function withInstance(call: Call): Call {
  const service = flagValue(NAME, call);
  return service === undefined ? call : { ...call, surroundings: { ...call.surroundings, service } };
}

/** What is put behind the name of a file or a unit. */
export function instanceSuffix({ service }: Pick<Surroundings, "service">, separator = "-"): string {
  return service === undefined ? "" : `${separator}${service}`;
}

/** The command that does this to the service that is meant. */
export function serviceCommand({ service }: Pick<Surroundings, "service">, verb: string): string {
  return `claude-max-api service ${verb}${service === undefined ? "" : ` --${NAME.flag} ${service}`}`;
}

/** The flag for a command line of this program's own. */
export function nameFlag({ service }: Pick<Surroundings, "service">): string[] {
  return service === undefined ? [] : [`--${NAME.flag}=${service}`];
}
