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
