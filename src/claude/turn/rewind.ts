import Type from "typebox";
import type { CliProcess } from "../process/cli-process.ts";
import { lazyCheck } from "../protocol/lazy-check.ts";

/** Answered within 10 ms, or, by some older versions and in some conversations, never: a fresh process is quicker then. */
const REWIND_TIMEOUT_MS = 1_000;

const RewindReply = lazyCheck(Type.Object({ rewound: Type.Boolean() }));

/** Makes the process forget a user's message and all that follows it; `newest` is the last of the user's. Throws when it does not. */
export async function rewindTo(process: CliProcess, target: string, newest: string): Promise<void> {
  const reply = await process.request(
    { subtype: "rewind_conversation", target_message_uuid: target, last_seen_user_message_uuid: newest },
    REWIND_TIMEOUT_MS,
  );
  if (!RewindReply.Check(reply) || !reply.rewound) throw new Error("the CLI refused to rewind the conversation");
}
