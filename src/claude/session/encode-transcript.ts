import type { JsonObject } from "../../core/json.ts";
import { each, type Steps } from "../../core/pace.ts";
import type { Turn } from "../../core/request.ts";
import { toolCallsOf } from "../../core/tool-calls.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import { apiCallId } from "../turn/encode-content.ts";
import { assistantContent, NO_USAGE, userContent } from "../turn/encode-input.ts";

/** What the CLI notes behind a user's turn that it told the model of its environment. Opaque to us: see probe/first-attachments.ts. */
export type Attachment = JsonObject;

export type TranscriptOptions = {
  readonly names: ToolNames;
  /** The API's id of the model that is asked: see `assistantMessage`. */
  readonly modelId: string;
  /** Where the CLI runs. */
  readonly cwd: string;
  /** The CLI's version. */
  readonly version: string;
  readonly sessionId: string;
  readonly newUuid: () => string;
  readonly now: Date;
  /** Without them the turns are the same, but the CLI tells of its environment elsewhere than in the live conversation. */
  readonly attachments: readonly Attachment[];
  /** Behind which turn they stand; default: the first that is answered. */
  readonly environmentAt?: number | undefined;
  /** The uuid of the last turn, where it is settled already. */
  readonly lastUuid?: string | undefined;
};

export type EncodedTranscript = {
  /** The file, in pieces: a JSON object per line. */
  readonly pieces: readonly Uint8Array[];
  /** For each turn its uuid: the conversation can be rewound to those of users' turns. */
  readonly uuids: readonly string[];
  /** Where reading has to end, when that is not the end of the file: the value of `--resume-session-at`. */
  readonly resumeAt: string | undefined;
  /** Behind which turn the attachments stand; undefined: there are none. */
  readonly environmentAt: number | undefined;
};

/**
 * A conversation, up to its last answer, as the CLI itself writes one down, for `--resume`. Read back, it is the same to the model
 * as if its turns had been lived through, or appended, one by one.
 */
export function* encodeTranscript(turns: readonly Turn[], options: TranscriptOptions): Steps<EncodedTranscript> {
  const { names, attachments } = options;
  const chain = chainOf(options);
  const uuids: string[] = [];
  const isAnswered = (index: number) => turns[index]?.role === "user" && turns[index + 1]?.role === "assistant";
  const { environmentAt: wanted = -1 } = options;
  const environmentAt = isAnswered(wanted) ? wanted : turns.findIndex((_, index) => isAnswered(index));
  yield* each(turns, (turn, index) => {
    if (turn.role === "assistant") {
      const uuid = index === turns.length - 1 ? options.lastUuid : undefined;
      uuids.push(chain.addAssistant(assistantContent(turn, names), toolCallsOf(turn).length > 0, uuid));
      return;
    }
    uuids.push(chain.addUser(userContent(turn, names)));
    if (index === environmentAt) for (const attachment of attachments) chain.add({ type: "attachment", attachment });
  });
  // Calls without a result would be taken for interrupted ones, and told so to the model. Those whose results are yet to be sent
  // get some that are not read.
  const last = turns.at(-1);
  const open = last?.role === "assistant" ? toolCallsOf(last) : [];
  if (open.length > 0) {
    chain.addUser(open.map(({ id }) => ({ type: "tool_result", tool_use_id: apiCallId(id), content: "" })));
  }
  return {
    pieces: chain.end(),
    uuids,
    resumeAt: open.length > 0 ? uuids.at(-1) : undefined,
    environmentAt: attachments.length > 0 && environmentAt !== -1 ? environmentAt : undefined,
  };
}

/** Lines are put together to pieces of about so many characters. */
const PIECE = 64 * 1024;

/** Lines of which each names the one before it, the last of those that were added. */
function chainOf({ cwd, version, sessionId, now, newUuid, modelId }: TranscriptOptions) {
  const common = { sessionId, isSidechain: false, userType: "external", cwd, version, timestamp: now.toISOString() };
  // What is the same in all lines: the end of an object's beginning.
  const commonFields = JSON.stringify(common).slice(1, -1);
  const pieces: Uint8Array[] = [];
  let lines = "";
  let last: string | null = null;
  const cut = () => {
    if (lines !== "") pieces.push(Buffer.from(lines));
    lines = "";
  };
  /** Returns the line's uuid. `fields` are those that it has beside the common ones, at least one. */
  const add = (fields: object, uuid = newUuid()): string => {
    const ids = JSON.stringify({ parentUuid: last, uuid }).slice(0, -1);
    lines += `${ids},${commonFields},${JSON.stringify(fields).slice(1)}\n`;
    if (lines.length >= PIECE) cut();
    last = uuid;
    return uuid;
  };
  return {
    add,
    addUser: (content: readonly object[]) => add({ type: "user", message: { role: "user", content } }),
    addAssistant: (content: readonly object[], calls: boolean, uuid?: string) => {
      const message = {
        // One of its own: the CLI takes lines that share one for pieces of one message.
        id: `msg_${newUuid()}`,
        type: "message",
        role: "assistant",
        model: modelId,
        content,
        stop_reason: calls ? "tool_use" : "end_turn",
        stop_sequence: null,
        usage: NO_USAGE,
      };
      return add({ type: "assistant", message }, uuid);
    },
    /** All that was added. */
    end: (): readonly Uint8Array[] => {
      cut();
      return pieces;
    },
  };
}
