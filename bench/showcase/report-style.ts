// Style of the report. It stands in the document itself, which loads nothing.
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --text: light-dark(#1c2024, #e8eaed);
  --muted: light-dark(#5c6570, #9aa4af);
  --ground: light-dark(#ffffff, #15181c);
  --raised: light-dark(#f5f6f8, #1e2227);
  --line: light-dark(#d9dde2, #343a41);
  --good: light-dark(#17663a, #6fd39a);
  --bad: light-dark(#b3261e, #ff8a80);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 16px/1.5 system-ui, sans-serif;
}
main { max-width: 76rem; margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 2.5rem) 4rem; }
h1 { margin: 0 0 0.25rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.25rem; }
td { font-variant-numeric: tabular-nums; }
.verdict { margin: 0 0 1.25rem; font-weight: 600; color: var(--good); }
.verdict.bad { color: var(--bad); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1.25rem; margin: 0; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { width: 100%; border-collapse: collapse; font-size: 0.875rem; }
th, td { padding: 0.45rem 0.75rem; text-align: left; white-space: nowrap; }
thead th { background: var(--raised); border-bottom: 1px solid var(--line); }
tbody tr + tr > * { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; }
tbody th small { display: block; color: var(--muted); font-weight: 400; }
.right { text-align: right; }
.good { color: var(--good); }
.bad { color: var(--bad); font-weight: 700; }
.notes { margin: 0.75rem 0 0; padding-left: 1.1rem; color: var(--muted); font-size: 0.875rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; margin: 0 0 2rem; }
.pair figcaption { grid-column: 1 / -1; }
.pair figcaption span { color: var(--muted); }
.pair div { min-width: 0; }
.pair small { display: block; color: var(--muted); }
img { display: block; width: 100%; height: auto; border-radius: 6px; background: var(--raised); }
@media (max-width: 40rem) {
  .pair { gap: 0.4rem; }
  th, td { padding: 0.4rem 0.5rem; }
  tbody th { min-width: 11.5rem; white-space: normal; }
  .facts { column-gap: 0.75rem; }
}
`;
