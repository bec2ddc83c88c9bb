import { clientScript } from "./client-script.ts" with { type: "macro" };
import icon from "./icon.svg" with { type: "text" };
import style from "./style.css" with { type: "text" };

/** What the page is made of beside its words, by the path under /page. Nothing of it is anybody's secret. */
export const ASSETS: Readonly<Record<string, { readonly type: string; readonly text: string }>> = {
  "page.js": { type: "text/javascript; charset=utf-8", text: clientScript() },
  "style.css": { type: "text/css; charset=utf-8", text: style },
  "icon.svg": { type: "image/svg+xml", text: icon },
};
