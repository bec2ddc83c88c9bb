/** The number that a flag of a script was given. Throws for anything else, instead of measuring something else. */
export function wholeNumber(flag: string, value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${flag} takes a whole number above 0`);
  return number;
}
