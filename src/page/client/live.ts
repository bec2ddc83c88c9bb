import { field } from "./fields.ts";
import { morph } from "./morph.ts";
import { eventsOf, KeyRefused, type Server } from "./server.ts";
import { enhanceTabs } from "./tabs.ts";
import { localise, minutesEast } from "./times.ts";

export type Liveness = "live" | "lost" | "paused";

const RETRY_MS = [500, 1_000, 2_000, 5_000];

/** Keeps the page's parts as they are, until the key is refused. While nobody sees the page it asks for nothing. */
export async function stayLive(server: Server, tell: (liveness: Liveness) => void): Promise<void> {
  for (let failures = 0; ; failures++) {
    await untilSeen(tell);
    const unseen = new AbortController();
    const onChange = () => document.hidden && unseen.abort();
    document.addEventListener("visibilitychange", onChange);
    try {
      const response = await server.ask(`/page/events?tz=${minutesEast()}`, {
        signal: unseen.signal,
        headers: { accept: "text/event-stream" },
      });
      for await (const data of eventsOf(response)) {
        update(data);
        tell("live");
        failures = 0;
      }
    } catch (reason) {
      if (reason instanceof KeyRefused) throw reason;
    } finally {
      document.removeEventListener("visibilitychange", onChange);
    }
    if (document.hidden) continue;
    tell("lost");
    await sleep(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0);
  }
}

function update(data: string): void {
  const event: unknown = JSON.parse(data);
  const [id, html] = [field(event, "id"), field(event, "html")];
  const section = typeof id === "string" ? document.getElementById(id) : null;
  if (section === null || typeof html !== "string") return;
  morph(section, html);
  enhanceTabs(section);
  // Elsewhere a day may have ended.
  localise(document);
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
