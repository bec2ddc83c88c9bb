type Names = {
  /** In a sentence, or a table. */
  readonly name: string;
  /** Before the word "limit". */
  readonly limit: string;
};

/** The plan's windows as people call them; Anthropic may have others. */
const WINDOWS: Readonly<Record<string, Names>> = {
  five_hour: { name: "five hours", limit: "five-hour" },
  seven_day: { name: "week", limit: "weekly" },
  seven_day_opus: { name: "week, Opus alone", limit: "weekly Opus" },
  seven_day_sonnet: { name: "week, Sonnet alone", limit: "weekly Sonnet" },
  seven_day_overage_included: { name: "week, some models", limit: "model's weekly" },
};

/** In a sentence. */
export function windowName(type: string): string {
  return WINDOWS[type]?.name ?? type.replaceAll("_", " ");
}

/** Where it begins a line. */
export function windowTitle(type: string): string {
  const words = windowName(type);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Before the word "limit": `five-hour`. */
export function limitName(type: string): string {
  return WINDOWS[type]?.limit ?? type.replaceAll("_", "-");
}
