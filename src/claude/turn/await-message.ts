import type { CliProcess } from "../process/cli-process.ts";
import type { CliMessage } from "../protocol/parse-message.ts";

export type Awaited = {
  /** Whether this is the message to wait for; throws when it tells that none will come. */
  readonly isAnswer: (message: CliMessage) => boolean;
  readonly timeoutMs: number;
};

/** Sends something and waits for what the CLI says to it. False: nothing in time. Throws when the process dies meanwhile. */
export async function awaitMessage(
  process: CliProcess,
  send: () => void,
  { isAnswer, timeoutMs }: Awaited,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, timeoutMs, false);
  process.listen({
    message: (message) => {
      try {
        if (isAnswer(message)) resolve(true);
      } catch (error) {
        reject(error);
      }
    },
    died: reject,
  });
  try {
    send();
    return await promise;
  } finally {
    clearTimeout(timer);
    process.listen(undefined);
  }
}
