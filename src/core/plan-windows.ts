/** The plan's windows as people call them; Anthropic may have others. */
const WINDOWS: Readonly<Record<string, string>> = {
  five_hour: "five hours",
  seven_day: "week",
  seven_day_opus: "week, Opus alone",
  seven_day_sonnet: "week, Sonnet alone",
  seven_day_overage_included: "week, some models",
};

/** In a sentence. */
export function windowName(name: string): string {
  return WINDOWS[name] ?? name.replaceAll("_", " ");
}

/** Where it begins a line. */
export function windowTitle(name: string): string {
  const words = windowName(name);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
