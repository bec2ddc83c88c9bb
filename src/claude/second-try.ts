import type { ModelFacts, Refused } from "../core/backend.ts";
import type { ApiError } from "../core/error.ts";
import type { ChatEvent } from "../core/event.ts";
import { sameJson } from "../core/json.ts";
import type { ChatRequest } from "../core/request.ts";
import type { Logger } from "../observability/logger.ts";
import type { ModelCatalog } from "./models/catalog.ts";
import type { OutputMethods } from "./pool/output-methods.ts";
import { profileOf } from "./pool/profile.ts";
import { settingsOf } from "./pool/request-settings.ts";
import type { KnownThinking } from "./thinking/known-thinking.ts";
import { refusalIn } from "./turn/turn-errors.ts";

/** What helps a request that failed: to ask again, or in a fresh process. */
type Remedy = "again" | "fresh";

/** The events of a turn. If it fails before its answer begins, and there is a remedy, of a second one. */
export async function* withSecondTry(
  run: (isFresh: boolean) => AsyncIterable<ChatEvent>,
  remedyFor: (error: ApiError) => Remedy | undefined,
): AsyncGenerator<ChatEvent> {
  let isFirst = true;
  for await (const event of run(false)) {
    const remedy = isFirst && event.type === "error" ? remedyFor(event.error) : undefined;
    if (remedy) {
      yield* run(remedy === "fresh");
      return;
    }
    isFirst = false;
    yield event;
  }
}

type RemedyOptions = {
  readonly catalog: ModelCatalog;
  readonly thinking: KnownThinking;
  readonly outputs: OutputMethods;
  readonly logger: Logger;
};

/**
 * What helps a request that the API refused before an answer began, and so did not charge: to ask `again`, by what was learnt of it, or
 * in a `fresh` process, since what another one remembers would be refused, too. Undefined: nothing does.
 */
export function remedyOf(
  request: ChatRequest,
  error: ApiError,
  { catalog, thinking, outputs, logger }: RemedyOptions,
): Remedy | undefined {
  const { model, turns } = request;
  if (isThinkingRefusal(error)) {
    thinking.refuse(turns);
    logger.warn("asking again without what was thought before", { model, reason: error.message });
    return "fresh";
  }
  if (outputs.learn(request, error)) return "again";
  if (!learnRule(request, error, catalog)) return undefined;
  logger.warn("asking again without what the model does not take", { model, reason: error.message });
  return "again";
}

/**
 * What the API says of thinking that it does not take back: an invalid `signature` in a `thinking` block, invalid `data` in a
 * `redacted_thinking` one, blocks that cannot be modified. No status or type tells these from others.
 */
const OF_THINKING =
  /\b(?:signature|data)`? in `?(?:redacted_)?thinking`? block|`?(?:redacted_)?thinking`? blocks? .*cannot be modified|thinking\.signature/;

/** Whether a request failed since it sends back thinking. In most cases the CLI has asked once more without, by itself. */
export function isThinkingRefusal({ code, upstreamStatus, message }: ApiError): boolean {
  return code === "invalid_request" && upstreamStatus === 400 && OF_THINKING.test(message);
}

/** What a refusal names, and what was known of the model when it was asked. */
type Learn = (named: Readonly<Record<string, string | undefined>>, facts: ModelFacts) => Partial<ModelFacts>;

/** Adds that the model takes no word on something. */
const refusing =
  (...refused: readonly Refused[]): Learn =>
  (_, { refuses = [] }) => ({ refuses: [...new Set([...refuses, ...refused])] });
const withoutEffort: Learn = (named, facts) => ({ efforts: [], ...refusing("effort")(named, facts) });

/** Of these levels, as far as they are known. */
const someLevels: Learn = ({ level, levels }, { efforts }) => {
  const left = levels?.split(/\W+/) ?? efforts;
  return { efforts: efforts.filter((known) => known !== level && left.includes(known)) };
};

/**
 * How the API's refusals begin that are about a field which requests can do without, or have otherwise. No status or type tells them from
 * others. The first rules are for words that clients of the API report, and say what the model has instead; `[\s\S]` lets what they list
 * stand on lines of its own. The last go by the name of the field alone, with which the API's refusals begin: of what nobody has
 * seen yet.
 */
const RULES: readonly (readonly [beginning: RegExp, learn: Learn])[] = [
  [/^["'`]?tool_choice\b[\w.]*\bdisable_parallel_tool_use\b/, refusing("serial-calls")],
  [/^tool_choice\b.*\bnot\b.*\b(?:support|allow)/, () => ({ takesForcedCalls: false })],
  [/^Thinking may not be enabled when tool_choice\b/, () => ({ takesForcedCalls: false })],
  [
    /^tool_choice\b[\w.]*: Extra inputs/,
    (named, facts) => ({ takesForcedCalls: false, ...refusing("serial-calls")(named, facts) }),
  ],
  [
    /^"?thinking\.type\.(?:disabled|between_tools)\b"? is not supported for this model\b(?:.*\b(?<other>between_tools|disabled)\b)?/,
    ({ other }) => ({ thinkingOff: other === "between_tools" || other === "disabled" ? other : "never" }),
  ],
  [
    /^(?:This model does not support effort )?level ['"](?<level>\w+)['"](?:[\s\S]*?\blevels: (?<levels>[\w, ]+))?/,
    someLevels,
  ],
  [/^output_config\.effort: Input should be (?<levels>['"]\w+['"][\s\S]*)/, someLevels],
  [/^This model does not support the effort parameter|^output_config: Extra inputs/, withoutEffort],
  [/^max_tokens: \d+ > (?<most>\d+)\b/, ({ most }) => ({ outputTokens: Number(most) })],
  [
    /^tools\.\d+\.(?:custom\.)?(?:strict|input_schema)\b|^tools\.\d+\.custom: |^Too many strict tools\b/,
    refusing("strict-tools"),
  ],
  [
    /^(?:Schemas? contains? too many|Schema is too complex|The compiled grammar is too large|Grammar compilation)\b/,
    refusing("strict-tools"),
  ],
  [/^["'`]?stop_sequences\b/, () => ({ takesStops: false })],
  [aboutField("temperature|top_p|top_k"), () => ({ takesSampling: false })],
  [aboutField("(?:output_config\\.)?effort"), withoutEffort],
  [aboutField("thinking(?!\\.type\\.(?:disabled|between_tools))"), refusing("think-first")],
  [/^adaptive thinking is not supported\b/i, refusing("think-first")],
];

/** A refusal of a field, and not of its value, which is the client's to mend. */
function aboutField(name: string): RegExp {
  return new RegExp(
    `^["'\`]?(?:${name})\\b(?![\\s\\S]*\\b(?:range|(?:greater|less|more|fewer) than|at (?:least|most)|valid)\\b)`,
  );
}

/**
 * Learns, until the next start, a rule of a model's that the table does not have, from a refusal of this request; false: the refusal is
 * about something else, or what was asked for stays the same with that rule.
 */
export function learnRule(request: ChatRequest, error: ApiError, catalog: ModelCatalog): boolean {
  const said = refusalIn(error);
  if (said === undefined) return false;
  const { name, facts, effort } = catalog.resolve(request.model);
  const rule = ruleIn(said, facts);
  if (rule === undefined) return false;
  const wishes = { ...request, effort: request.effort ?? effort };
  const settings = (known: ModelFacts) => settingsOf(wishes, profileOf(request, undefined, known), known);
  if (sameJson(settings(facts), settings({ ...facts, ...rule }))) return false;
  catalog.learnRule(name, rule);
  return true;
}

function ruleIn(said: string, facts: ModelFacts): Partial<ModelFacts> | undefined {
  for (const [beginning, learn] of RULES) {
    const found = beginning.exec(said);
    if (found) return learn(found.groups ?? {}, facts);
  }
  return undefined;
}
