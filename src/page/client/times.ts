import { duration } from "../figures.ts";
import { momentText, type Zone } from "../wall-clock.ts";

const readers: Zone = (at) => -new Date(at).getTimezoneOffset();

/** The reader's zone, by its minutes east of UTC at the moment, for what the server tells by the day. */
export function minutesEast(): number {
  return readers(Date.now());
}

/** Has times tell the reader's clock: the server tells UTC. */
export function localise(root: ParentNode): void {
  for (const time of root.querySelectorAll("time")) {
    const at = Date.parse(time.dateTime);
    const text = Number.isNaN(at) ? time.textContent : momentText(at, Date.now(), readers);
    if (time.textContent !== text) time.textContent = text;
  }
}

/** Has what goes on, or is awaited, tell for how long by the server's clock. */
export function tellDurations(now: number): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-since], [data-until]")) {
    const { since, until } = part.dataset;
    const text = duration(since === undefined ? Number(until) - now : now - Number(since));
    if (part.textContent !== text) part.textContent = text;
  }
}
