import { type Content, type Html, html } from "./html.ts";
import { momentText } from "./wall-clock.ts";

const UNITS = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** A number in at most five characters: 999, 1.2k, 34k, 5.6M. The whole of it is told beside it where it was cut. */
export function count(number: number): Content {
  const [size, unit] = UNITS.find(([size]) => number >= size) ?? [1, ""];
  if (unit === "") return String(number);
  const scaled = number / size;
  const text = scaled >= 10 ? String(Math.floor(scaled)) : (Math.floor(scaled * 10) / 10).toFixed(1);
  return html`<span title="${grouped(number)}">${text}${unit}</span>`;
}

/** All digits of a whole number: 1,234,567. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Of the plan: rounded, as the command line has it. */
export function percent(part: number): string {
  return `${Math.round(100 * part)}%`;
}

/** A part of a whole, of which 100% is all. */
export function share(part: number, whole: number): string {
  return whole === 0 ? "–" : `${Math.floor((100 * part) / whole)}%`;
}

/** An amount in US dollars; – where none is known. */
export function dollars(amount: number | null): string {
  if (amount === null) return "–";
  if (amount >= 99.5) return `$${grouped(Math.round(amount))}`;
  return `$${amount.toFixed(amount < 0.00995 && amount > 0 ? 4 : 2)}`;
}

/** A time that something took: 840 ms, 1.24 s, 3 min 20 s. */
export function took(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  if (ms < 1000) return `${ms} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)} s` : duration(ms);
}

/** A time that passes: 4 d 2 h, 3 h 5 min, 12 min, 40 s. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes >= 10) return `${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** For how long something goes on, which the page's script tells anew each second; times are milliseconds since the epoch. */
export function since(at: number, now: number): Html {
  return html`<span data-since="${at}">${duration(now - at)}</span>`;
}

/** How long it is until then, likewise. */
export function until(at: number, now: number): Html {
  return html`<span data-until="${at}">${duration(at - now)}</span>`;
}

/** A moment in UTC, which the page's script tells by the reader's clock. */
export function moment(at: number, now: number): Content {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "–";
  return html`<time datetime="${date.toISOString()}">${momentText(at, now, () => 0)}</time>`;
}
