import { field } from "./fields.ts";
import { morph } from "./morph.ts";
import { eventsOf, KeyRefused, type Server } from "./server.ts";
import { enhanceTabs } from "./tabs.ts";
import { localise, minutesEast, tellDurations } from "./times.ts";

export type Liveness = "live" | "lost" | "paused";

const TICK_MS = 1_000;
const RETRY_MS = [500, 1_000, 2_000, 5_000];

/** Keeps the page's parts as they are, until the key is refused. While nobody sees the page it asks for nothing. */
export async function stayLive(server: Server, tell: (liveness: Liveness) => void): Promise<void> {
  for (let failures = 0; ; failures++) {
    await untilSeen(tell);
    const unseen = new AbortController();
    const clock = new ServerClock();
    const onChange = () => document.hidden && unseen.abort();
    document.addEventListener("visibilitychange", onChange);
    try {
      const response = await server.ask(`/page/events?tz=${minutesEast()}`, {
        signal: unseen.signal,
        headers: { accept: "text/event-stream" },
      });
      for await (const data of eventsOf(response)) {
        update(data, clock);
        tell("live");
        failures = 0;
      }
    } catch (reason) {
      if (reason instanceof KeyRefused) throw reason;
    } finally {
      clock.stop();
      document.removeEventListener("visibilitychange", onChange);
    }
    if (document.hidden) continue;
    tell("lost");
    await sleep(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0);
  }
}

/** Tells durations by the server's clock, which this machine's need not agree with, for as long as it is known to run. */
class ServerClock {
  #ahead = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  set(now: number): void {
    this.#ahead = now - Date.now();
    this.#timer ??= setInterval(() => this.#tell(), TICK_MS);
    this.#tell();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tell(): void {
    tellDurations(Date.now() + this.#ahead);
  }
}

function update(data: string, clock: ServerClock): void {
  const event: unknown = JSON.parse(data);
  const [id, html, now] = [field(event, "id"), field(event, "html"), field(event, "now")];
  const section = typeof id === "string" ? document.getElementById(id) : null;
  if (section === null || typeof html !== "string" || typeof now !== "number") return;
  morph(section, html);
  enhanceTabs(section);
  // Elsewhere a day may have ended.
  localise(document);
  clock.set(now);
}

function untilSeen(tell: (liveness: Liveness) => void): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  tell("paused");
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", () => resolve(), { once: true });
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
