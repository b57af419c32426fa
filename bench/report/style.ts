// Style of the report. It stands in the document itself, which loads nothing.
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --text: light-dark(#1c2024, #e8eaed);
  --muted: light-dark(#5c6570, #9aa4af);
  --ground: light-dark(#ffffff, #15181c);
  --raised: light-dark(#f5f6f8, #1e2227);
  --own: light-dark(#eef5fb, #182634);
  --line: light-dark(#d9dde2, #343a41);
  --good: light-dark(#17663a, #6fd39a);
  --bad: light-dark(#b3261e, #ff8a80);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 84rem; margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 2.5rem) 4rem; }
h1 { margin: 0 0 0.75rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.25rem; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1.25rem; margin: 0; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.summary { margin: 1.25rem 0 0; padding-left: 1.1rem; font-weight: 600; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
.chart { background: #ffffff; }
.chart svg { display: block; margin: 0 auto; }
figure { margin: 0 0 2rem; }
figcaption { margin: 0 0 0.5rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.875rem; }
th, td { padding: 0.35rem 0.75rem; text-align: left; white-space: nowrap; }
td { border-top: 1px solid var(--line); font-variant-numeric: tabular-nums; }
td.reason { border-top: 0; padding-top: 0; white-space: normal; color: var(--bad); }
thead th { background: var(--raised); }
tbody th { padding-top: 1.1rem; }
tbody th small { color: var(--muted); font-weight: 400; font-size: 0.875rem; }
.own td { background: var(--own); }
.right { text-align: right; }
td.good { color: var(--good); }
td.bad { color: var(--bad); }
.notes { margin: 0.75rem 0 0; padding-left: 1.1rem; color: var(--muted); font-size: 0.875rem; }
`;
