import { styleText } from "node:util";

const NAMES = ["bold", "dim", "red", "green", "yellow", "cyan"] as const;

/** Marks texts for the eye: each returns its text, coloured or as it was. */
export type Style = Readonly<Record<(typeof NAMES)[number], (text: string) => string>>;

export function createStyle(isOn: boolean): Style {
  const mark = (name: (typeof NAMES)[number]) => (text: string) =>
    isOn ? styleText(name, text, { validateStream: false }) : text;
  return {
    bold: mark("bold"),
    dim: mark("dim"),
    red: mark("red"),
    green: mark("green"),
    yellow: mark("yellow"),
    cyan: mark("cyan"),
  };
}
