/** How the page looks: light, dark and on paper. One accent, so that nothing hangs on telling colours apart. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1e23; --soft: #5a626e; --rule: #d5d9df; --panel: #f5f6f8;
  --accent: #1f5c99; --on-accent: #ffffff; --second: #b04a00; --warn: #8a5a00; --darkest: 60%;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --ink: #e7eaee; --soft: #a2abb8; --rule: #3a414b; --panel: #1d2127;
    --accent: #7db4ec; --on-accent: #0d1218; --second: #ffa55e; --warn: #e9bd5b; --darkest: 50%;
  }
}
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; }
footer { padding-bottom: 3rem; color: var(--soft); font-size: .875rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .5rem 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.75rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .5rem 0; max-width: 44rem; }
.soft { color: var(--soft); }
.lead { font-size: 1.125rem; }
.key { position: absolute; opacity: 0; width: 1px; height: 1px; }
#en:checked ~ * .zh, #zh:checked ~ * .en { display: none; }
.switch { float: right; display: flex; border: 1px solid var(--rule); border-radius: .5rem; overflow: hidden; margin-left: 1rem; }
.switch label { padding: .3rem .8rem; cursor: pointer; color: var(--soft); }
#en:checked ~ header label[for="en"], #zh:checked ~ header label[for="zh"] { background: var(--accent); color: var(--on-accent); }
#en:focus-visible ~ header .switch, #zh:focus-visible ~ header .switch { outline: 3px solid var(--accent); outline-offset: 2px; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0; padding: 0; }
.facts > div { background: var(--panel); border-radius: .5rem; padding: .7rem .9rem; }
.facts dt { color: var(--soft); font-size: .875rem; }
.facts dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; line-height: 1.3; }
.facts svg { display: inline-block; width: 2rem; height: .75rem; margin-right: .4rem; }
.facts .soft { font-size: .875rem; font-variant-numeric: tabular-nums; }
.notes { margin: 1rem 0; padding: .6rem 1rem .6rem 2rem; border-left: 4px solid var(--warn); background: var(--panel); border-radius: 0 .5rem .5rem 0; }
.wide { overflow-x: auto; margin: .75rem 0; }
.wide:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9375rem; }
th, td { padding: .3rem .9rem .3rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--rule); white-space: nowrap; }
thead th { color: var(--soft); font-weight: 500; font-size: .875rem; vertical-align: bottom; }
tbody th { font-weight: 500; }
.number { text-align: right; }
thead th { white-space: normal; word-break: keep-all; }
thead .id { overflow-wrap: normal; }
thead th.number { min-width: 4.5rem; }
.id { overflow-wrap: anywhere; white-space: normal; min-width: 6rem; max-width: 14rem; font-size: .875rem; }
p .id, li .id { font-size: inherit; white-space: normal; }
.said { min-width: 14rem; max-width: 26rem; overflow-wrap: anywhere; white-space: normal; }
td .soft { white-space: normal; }
td.scale, th.scale { padding-right: 0; width: 11rem; vertical-align: middle; }
th.scale span { display: flex; justify-content: space-between; width: 10rem; }
th.scale i { font-style: normal; }
.whisker { display: block; width: 10rem; height: 1rem; overflow: visible; }
.confusion td, .confusion thead th { text-align: center; padding: .3rem .45rem; }
.confusion thead th.corner { text-align: left; padding-left: 0; }
.confusion tbody th { padding-right: .9rem; white-space: nowrap; }
.confusion td { background: color-mix(in srgb, var(--accent) calc(var(--share) * var(--darkest)), transparent); min-width: 3.2rem;
  line-height: 1.25; border: 1px solid var(--paper); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.confusion td.right { outline: 2px solid var(--ink); outline-offset: -3px; }
.confusion small { display: block; font-size: .75rem; opacity: .85; }
figure { margin: .75rem 0; }
figcaption { font-size: .9375rem; max-width: 44rem; }
svg { display: block; }
.plot { width: 100%; height: auto; max-width: 34rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .75rem 1.25rem; }
.plots figure { margin: 0; }
.plots figcaption { display: flex; justify-content: space-between; gap: .5rem; padding-right: .5rem; font-size: .875rem; }
.plots figcaption .soft { white-space: nowrap; }
.grid { stroke: var(--rule); stroke-width: 1; }
.axis { stroke: var(--soft); stroke-width: 1; }
.tick { fill: var(--soft); font-size: 11px; }
.name { fill: var(--soft); font-size: 12px; }
.note { fill: var(--ink); font-size: 12px; }
.line { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
.line.other { stroke: var(--second); stroke-dasharray: 5 3; }
.line.chance { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 3; }
.bar { fill: var(--accent); fill-opacity: .55; stroke: var(--accent); }
.bar.count { fill: var(--soft); fill-opacity: .35; stroke: none; }
.dot { fill: var(--accent); stroke: var(--paper); stroke-width: 1; }
.dot.other { fill: var(--paper); stroke: var(--second); stroke-width: 2; }
.span { stroke: var(--accent); stroke-width: 2; }
.mark { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 2 2; }
details { margin: .5rem 0 1rem; }
summary { cursor: pointer; color: var(--accent); padding: .2rem 0; }
summary:focus-visible { outline: 3px solid var(--accent); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; font-size: .9375rem; margin: .5rem 0; padding: 0; list-style: none; }
.legend svg { display: inline-block; width: 2rem; height: .75rem; vertical-align: baseline; margin-right: .4rem; }
dl.terms { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.25rem; }
dl.terms dt { font-weight: 500; }
dl.terms dd { margin: 0; max-width: 42rem; }
@media (max-width: 36rem) {
  dl.terms { grid-template-columns: 1fr; }
  dl.terms dd { margin-bottom: .5rem; }
}
@page { margin: 16mm 14mm; }
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --rule: #bbb; --panel: #f3f3f3; --accent: #1f5c99;
    --on-accent: #fff; --second: #b04a00; --warn: #8a5a00; --darkest: 60%; }
  html { font-size: 10.5px; }
  header, main, footer { max-width: none; padding: 0; }
  .switch, .key { display: none; }
  .wide { overflow: visible; }
  h2, h3, figcaption, summary, h2 + p, h3 + p, .legend { break-after: avoid; }
  h2 { margin-top: 1.75rem; }
  .wide:not(:has(tbody tr:nth-child(13), .said)), #terms { break-inside: avoid; }
  p, .plots figure, .chart, tr, .facts, .notes, dl.terms > * { break-inside: avoid; }
  thead { display: table-header-group; }
  details::details-content { content-visibility: visible; height: auto; }
  summary { list-style: none; color: var(--soft); }
  .plots { grid-template-columns: repeat(4, 1fr); }
  .facts { grid-template-columns: repeat(4, 1fr); }
  .plot { max-width: 30rem; }
  footer { padding-bottom: 0; }
  section > p:has(+ figure) { break-after: avoid; }
}
`;
