/** Of the report: for the screen and for paper, where the language shown is the one that is printed. */
export const STYLE = `
:root { color-scheme: light; }
body { font: 15px/1.45 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: #1a1a1a; background: #fff; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .4rem; }
p { margin: .3rem 0; } code, pre { font-family: ui-monospace, monospace; font-size: .85em; }
pre { white-space: pre-wrap; border: 1px solid #ccc; padding: .6rem; columns: 19rem; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .85rem; }
th, td { text-align: right; padding: .15rem .5rem; border-bottom: 1px solid #ddd; } td { white-space: nowrap; } th:first-child, td:first-child { text-align: left; }
tr.best td { font-weight: 700; }
.chart { width: 100%; min-width: 36rem; height: auto; display: block; } .chart.matrix, .small-chart { min-width: 0; }
.small-charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: .8rem 1rem; }
figure { margin: 0; break-inside: avoid; } figcaption { font-weight: 600; font-size: .9rem; overflow-wrap: anywhere; }
.chart text { font: 12px system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
.chart .end { text-anchor: end; } .chart .middle { text-anchor: middle; } .chart .small { font-size: 10px; } .chart .light { fill: #fff; }
.chart polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
.chart .grid { stroke: #ddd; } .chart .mark { stroke: #555; stroke-dasharray: 2 2; } .chart .cell { stroke: #bbb; }
.key { position: absolute; opacity: 0; width: 1px; height: 1px; }
#en:checked ~ * .zh, #zh:checked ~ * .en { display: none; }
.switch { float: right; display: flex; gap: .8rem; font-size: .85rem; } .switch label { cursor: pointer; color: #555; }
#en:checked ~ main .switch label[for=en], #zh:checked ~ main .switch label[for=zh] { color: #1a1a1a; font-weight: 700; }
#en:focus-visible ~ main .switch, #zh:focus-visible ~ main .switch { outline: 2px solid #0072b2; outline-offset: 2px; }
@page { margin: 16mm; }
@media print {
  .switch, .key { display: none; }
  body { margin: 0; max-width: none; font-size: 10.5pt; }
  section { break-inside: avoid; } tr { break-inside: avoid; } thead { display: table-header-group; }
  .wide { overflow: visible; } .chart { max-height: 85mm; min-width: 0 !important; } .chart rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}`;
