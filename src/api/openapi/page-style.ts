/** The style of the page: that of the one at `/`, as far as a document needs it. */
export const STYLE = `
:root { color-scheme: light dark; --back: #f6f5f2; --surface: #fff; --raised: #f4f3ef; --line: #e4e2dc; --text: #1f1f1c; --soft: #5f5d56; --accent: #2a6b5b; }
@media (prefers-color-scheme: dark) {
  :root { --back: #141513; --surface: #1c1d1b; --raised: #252724; --line: #32342f; --text: #ecebe6; --soft: #a8a69e; --accent: #86c9b3; }
}
*, *::before, *::after { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { max-width: 76rem; margin: 0 auto; padding: 0 clamp(1rem, 3vw, 2.5rem) 3rem; background: var(--back); color: var(--text); font: 0.9375rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
a { color: var(--accent); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace; font-size: 0.875em; }
h1 { margin: 1.25rem 0 0.25rem; font-size: 1.25rem; }
h2 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
h3 { margin: 1.25rem 0 0.5rem; font-size: 0.875rem; }
p { margin: 0.5rem 0; max-width: 46rem; overflow-wrap: anywhere; }
.soft, dt span, .method { color: var(--soft); }
.method { display: inline-block; min-width: 4.5ch; font: 600 0.75rem ui-monospace, monospace; }
nav h3 { margin: 1rem 0 0.25rem; color: var(--soft); text-transform: uppercase; letter-spacing: 0.05em; font-size: 0.75rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: 0.2rem 0; text-decoration: none; overflow-wrap: anywhere; }
nav summary { font-weight: 600; }
section { margin: 1.25rem 0; padding: 1.25rem clamp(0.875rem, 2vw, 1.5rem); background: var(--surface); border: 1px solid var(--line); border-radius: 12px; }
details { margin: 0.5rem 0; }
summary { cursor: pointer; padding: 0.25rem 0; }
pre { margin: 0.25rem 0 0.5rem; padding: 0.75rem; overflow-x: auto; background: var(--raised); border-radius: 8px; line-height: 1.5; }
dl { margin: 0; }
dt { padding-top: 0.625rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
dd { margin: 0 0 0.625rem; overflow-wrap: anywhere; }
.required { color: var(--accent); font-weight: 600; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
@media (min-width: 64rem) {
  .columns { display: grid; grid-template-columns: 16rem minmax(0, 1fr); gap: 2rem; }
  nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 0.5rem 0 2rem; font-size: 0.8125rem; }
}
`;
