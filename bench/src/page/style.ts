/** Of the page, in light and dark, from the width of a phone. Colours are told apart without seeing red and green. */
export const style = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5a6475; --paper: #f6f7f9; --card: #fff; --line: #dfe3ea;
  --missed: #b3400b; --none: #7a5c00; --met: #0b6a72; --info: #5a6475; --right: #0b6a7216; --dot: #3b63b5; --mark: #1c2330; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #a3adbd; --paper: #12161d; --card: #1a2029; --line: #313a48;
  --missed: #ff9a66; --none: #e5c35c; --met: #5cc8d1; --info: #a3adbd; --right: #5cc8d11f; --dot: #8db0f5; --mark: #f3f5f9; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: .5rem 0; } h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; } h3 { font-size: 1.05rem; margin: 0; }
p { margin: .4rem 0; } svg { display: block; width: 100%; overflow: visible; } svg text { font-size: 12px; fill: var(--soft); }
.chart { width: calc(100% - 3.4rem); margin-left: 3.4rem; }
.note, small { color: var(--soft); font-size: .85rem; } .x-label { text-align: center; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; list-style: none; }
.counts li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .3rem .8rem; } .counts b { font-size: 1.3rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem; margin: .8rem 0; overflow: hidden; }
.card .part { border-top: 1px solid var(--line); margin-top: .7rem; padding-top: .5rem; }
.part p { overflow-wrap: anywhere; } .figure { font-variant-numeric: tabular-nums; }
.badge { font-size: .75rem; font-weight: 650; border: 1px solid currentColor; border-radius: 1rem; padding: 0 .5rem; white-space: nowrap; color: var(--info); }
.missed .badge { color: var(--missed); } .too-noisy .badge, .too-few-rounds .badge { color: var(--none); } .met .badge { color: var(--met); }
.overview { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .5rem 1rem; }
.row { display: grid; grid-template-columns: minmax(0, 22rem) minmax(0, 1fr); gap: .2rem 1rem; align-items: center; color: inherit; text-decoration: none;
  border-bottom: 1px solid var(--line); padding: .25rem 0; overflow-wrap: anywhere; }
.row:hover { background: var(--right); } .row small { display: block; } .axis-row { border: 0; font-size: .85rem; color: var(--soft); }
@media (max-width: 40rem) { .row { grid-template-columns: minmax(0, 1fr); } }
.grid { stroke: var(--line); } .axis { stroke: var(--soft); } .right { fill: var(--right); } .goal { stroke: var(--met); stroke-dasharray: 4 3; stroke-width: 1.5; }
.interval { stroke: var(--dot); stroke-width: 6; stroke-linecap: round; opacity: .55; } .median { stroke: var(--mark); stroke-width: 3; }
.dot { fill: var(--dot); fill-opacity: .75; } .dot.dropped { fill: none; stroke: var(--soft); stroke-width: 1.2; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; padding: 0; margin: .4rem 0; font-size: .9rem; }
.key { display: inline-block; width: .8rem; height: .8rem; border-radius: 50%; background: var(--c); margin-right: .4rem; }
.curve line { stroke: var(--c); stroke-width: 2.5; } .curve .spread { stroke-width: 1; } .curve circle { fill: var(--c); }
.series-0 { --c: #3b63b5; } .series-1 { --c: #c2560c; } .series-2 { --c: #0b7d6a; } .series-3 { --c: #8b4fb0; } .series-4 { --c: #8a6d00; } .series-5 { --c: #b03a64; }
@media (prefers-color-scheme: dark) { .series-0 { --c: #8db0f5; } .series-1 { --c: #ffa36b; } .series-2 { --c: #5fd0b8; } .series-3 { --c: #cfa0ec; }
  .series-4 { --c: #e0c45c; } .series-5 { --c: #f391b2; } }
`
