import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NEWEST_TESTED_VERSION } from "../../../src/claude/cli/version.ts";
import { type CliMessage, parseMessage } from "../../../src/claude/protocol/parse-message.ts";
import { TurnDecoder, type TurnDecoderOptions } from "../../../src/claude/turn/decode-output.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { EventOrder } from "../../support/event-order.ts";

const RECORDINGS = join(import.meta.dir, "../../fixtures/cli");
/** The versions that were recorded, each in a folder: the oldest that is supported, the newest that is tested, and what came since. */
export const RECORDED_VERSIONS = readdirSync(RECORDINGS).sort();
export const FIXTURES = join(RECORDINGS, NEWEST_TESTED_VERSION);

/** What the real CLI printed during one turn; test/fixtures/record-cli.ts recorded it. */
export function recordedLines(name: string, version = NEWEST_TESTED_VERSION): string[] {
  return readFileSync(join(RECORDINGS, version, `${name}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");
}

export function recorded(name: string, version?: string): CliMessage[] {
  return recordedLines(name, version).map(parseMessage);
}

/** The names of a version's recordings. */
export function recordingsOf(version: string): string[] {
  return readdirSync(join(RECORDINGS, version))
    .map((file) => file.replace(".jsonl", ""))
    .sort();
}

export type Replay = {
  readonly events: readonly ChatEvent[];
  readonly decoder: TurnDecoder;
  /** How many messages had been pushed when the answer was complete, and when it asked to be interrupted. */
  readonly finishedAt: number | undefined;
  readonly interruptAt: number | undefined;
};

/** Seconds since the epoch: a thousand before the reset in the recorded plan limit. */
export const NOW = 4_102_444_800 - 1000;

/** Pushes a whole turn through a decoder, and its events through the grammar of legal streams. */
export function replay(messages: readonly CliMessage[], options: Partial<TurnDecoderOptions> = {}): Replay {
  const decoder = new TurnDecoder({ now: () => NOW, ...options });
  const order = new EventOrder();
  const events: ChatEvent[] = [];
  let finishedAt: number | undefined;
  let interruptAt: number | undefined;
  for (const [index, message] of messages.entries()) {
    for (const event of decoder.push(message)) {
      order.check(event);
      events.push(event);
    }
    if (decoder.finished) finishedAt ??= index;
    if (decoder.mustInterrupt) interruptAt ??= index;
  }
  order.end();
  return { events, decoder, finishedAt, interruptAt };
}

/** The message the decoder had just been given, by its kind: `stream_event/message_delta`, `result`. */
export function kindOf(message: CliMessage | undefined): string | undefined {
  return message?.type === "stream_event" ? `stream_event/${message.event.type}` : message?.type;
}
