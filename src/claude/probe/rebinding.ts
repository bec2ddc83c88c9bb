import Type from "typebox";
import { lazyCheck } from "../protocol/lazy-check.ts";
import type { Script } from "./probe.ts";

const FORMER = { system: "former system prompt", question: "former question" };
const LATTER = { system: "latter system prompt", question: "latter question" };

const Body = lazyCheck(Type.Object({ system: Type.Unknown(), messages: Type.Unknown() }));

/** Whether a process of this CLI, once asked and rewound to its beginning, takes another system prompt, and nothing of before is left. */
export const takesAnotherPrompt: Script<boolean> = {
  name: "rebinding",
  timeoutMs: 20_000,
  maxTries: 1,
  run: async ({ start, request, ask, api, model }) => {
    start();
    await request({ subtype: "initialize", systemPrompt: [FORMER.system], systemPromptSnapshot: false });
    const uuid = await ask(FORMER.question);
    await request({ subtype: "rewind_conversation", target_message_uuid: uuid, last_seen_user_message_uuid: uuid });
    await request({ subtype: "set_model", model, system_prompt: LATTER.system });
    await ask(LATTER.question);
    return isLatterAlone(api.bodies.at(-1));
  },
};

export function isLatterAlone(body: unknown): boolean {
  if (!Body.Check(body)) return false;
  const [system, messages] = [JSON.stringify(body.system), JSON.stringify(body.messages)];
  const isThere = system.includes(LATTER.system) && messages.includes(LATTER.question);
  const isAlone = [FORMER.system, FORMER.question, "local-command"].every(
    (text) => !(system + messages).includes(text),
  );
  return isThere && isAlone;
}
