/** How many minutes east of UTC a zone is at a moment, which summer time changes. */
export type Zone = (at: number) => number;

/**
 * What clocks on the wall show at a moment: the fields of a date that are named UTC. The server asks for no others, since the first look
 * at its own time zone takes Bun megabytes; the page's script knows its reader's.
 */
export function wallClock(at: number, zone: Zone): Date {
  return new Date(at + zone(at) * 60_000);
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Wed, or 31 Jan. By hand, like all here: what formats for any language takes long, and megabytes. */
export function dayName(clock: Date, form: "weekday" | "date" | "both"): string {
  const [weekday, day] = [DAYS[clock.getUTCDay()] ?? "", `${clock.getUTCDate()} ${MONTHS[clock.getUTCMonth()]}`];
  return { weekday, date: day, both: `${weekday} ${day}` }[form];
}

/** A day as the usage log names it: 2030-01-31. */
export function isoDay(clock: Date): string {
  return clock.toISOString().slice(0, 10);
}

const NEAR_MS = 6 * 86_400_000;

/** A moment for people: 13:05, with its day unless that is today's. */
export function momentText(at: number, now: number, zone: Zone): string {
  const [clock, present] = [wallClock(at, zone), wallClock(now, zone)];
  const time = clock.toISOString().slice(11, 16);
  if (isoDay(clock) === isoDay(present)) return time;
  return `${dayName(clock, Math.abs(at - now) < NEAR_MS ? "weekday" : "date")} ${time}`;
}
