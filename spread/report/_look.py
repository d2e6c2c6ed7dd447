"""How the page looks: one style sheet, for screen, telephone and print."""

__all__ = ["STYLE"]

STYLE = """
:root { --ink: #1b2430; --muted: #55606e; --line: #dde2e9; --soft: #f5f7fa; --accent: #0b5c92;
  --warn: #7a3d00; --warn-soft: #fff4e5; color-scheme: light; }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); background: #fff; line-height: 1.6; font-size: 17px;
  font-family: 'Source Sans 3', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif; }
a { color: var(--accent); text-underline-offset: 0.15em; }
:focus-visible { outline: 3px solid #d55e00; outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: #fff; padding: .4rem .8rem; z-index: 9; }
.page { display: grid; grid-template-columns: 15rem minmax(0, 56rem); gap: 0 3.5rem;
  justify-content: center; padding: 0 2rem 5rem; }
header { grid-column: 2; padding-top: 3.2rem; }
h1 { font-size: 2.35rem; line-height: 1.15; letter-spacing: -.02em; margin: .4rem 0 .6rem; }
h2 { font-size: 1.55rem; line-height: 1.25; letter-spacing: -.01em; margin: 0 0 .9rem; }
h3 { font-size: 1.1rem; margin: 2rem 0 .4rem; }
p { margin: 0 0 .9rem; max-width: 44rem; overflow-wrap: anywhere; }
.window { color: var(--muted); }
.label { display: inline-block; font-size: .8rem; font-weight: 700; letter-spacing: .08em;
  color: var(--warn); background: var(--warn-soft); border: 1px solid #e0a458;
  border-radius: 3px; padding: .1rem .6rem; }
.label + p { color: var(--warn); font-size: .95rem; margin-top: .5rem; }
nav { grid-column: 1; grid-row: 1 / span 2; padding-top: 3.6rem; font-size: .95rem; }
nav ol { position: sticky; top: 1.6rem; list-style: none; margin: 0; padding: 0 0 0 1rem;
  border-left: 2px solid var(--line); }
nav li { margin: .38rem 0; line-height: 1.3; }
nav a { color: var(--muted); text-decoration: none; }
nav a:hover { color: var(--accent); text-decoration: underline; }
main { grid-column: 2; min-width: 0; }
section { border-top: 1px solid var(--line); padding-top: 2rem; margin-top: 2.6rem; }
#story p { font-size: 1.17rem; line-height: 1.55; }
main section:first-child { margin-top: 1.8rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr));
  border: 1px solid var(--line); border-radius: 6px; overflow: hidden; margin: 1.4rem 0 0; }
.facts div { box-shadow: 0 0 0 .5px var(--line); padding: .7rem .9rem; }
.facts dt { color: var(--muted); font-size: .85rem; line-height: 1.3; }
.facts dd { margin: .1rem 0 0; font-size: 1.3rem; font-weight: 600; line-height: 1.3;
  font-variant-numeric: tabular-nums; }
figure { margin: 1.6rem 0 1.2rem; border: 1px solid var(--line); border-radius: 6px;
  overflow: hidden; }
.plot { min-height: 12rem; color: var(--muted); overflow-x: auto; overflow-y: hidden; }
figcaption { background: var(--soft); border-top: 1px solid var(--line); padding: .7rem 1rem;
  font-size: .95rem; color: #3a4552; line-height: 1.5; overflow-wrap: anywhere; }
.play { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem;
  padding: .5rem 1rem .8rem; font-size: .9rem; }
.play button { font: inherit; color: var(--ink); background: #fff; border: 1px solid var(--muted);
  border-radius: 4px; padding: .15rem 1rem; min-width: 5rem; cursor: pointer; }
.play input { flex: 1 1 10rem; accent-color: var(--accent); }
.play output { min-width: 12.5rem; font-variant-numeric: tabular-nums; }
details { margin: 0 0 1rem; font-size: .92rem; }
summary { cursor: pointer; color: var(--accent); padding: .2rem 0; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; margin-top: .4rem; }
table { border-collapse: collapse; width: 100%; font-size: .86rem; line-height: 1.4; }
th, td { text-align: left; padding: .38rem .7rem; border-bottom: 1px solid #e9edf2;
  vertical-align: top; max-width: 24rem; overflow-wrap: break-word; }
th { background: var(--soft); font-weight: 600; white-space: nowrap; }
tbody tr:last-child td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.time { white-space: nowrap; }
.long { min-width: 22rem; }
th.number { text-align: right; }
td { unicode-bidi: plaintext; }
details details { margin: 0; }
.columns { margin: .2rem 0 0; color: var(--muted); columns: 22rem 2; column-gap: 2rem; }
.columns div { break-inside: avoid; margin: 0 0 .25rem; line-height: 1.4; }
.columns dt { display: inline; font-weight: 600; color: var(--ink); }
.columns dt::after { content: ": "; }
.columns dd { display: inline; margin: 0; }
#story .note { font-size: .95rem; }
.note { color: var(--muted); font-size: .95rem; }
.terms { margin: 0; max-width: 44rem; }
.terms dt { font-weight: 600; }
.terms dd { margin: 0 0 .55rem; }
.refused { padding: 0; margin: 0; list-style: none; }
.refused li { border-left: 3px solid #e0a458; background: #fffaf2; padding: .55rem 1rem;
  margin: 0 0 .6rem; overflow-wrap: anywhere; }
code, pre { font-family: 'Source Code Pro', Menlo, Consolas, 'Liberation Mono', monospace;
  font-size: .88em; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px;
  padding: .8rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.alone { max-width: 68rem; margin: 0 auto; padding: 1.5rem; }
footer { margin-top: 3rem; color: var(--muted); font-size: .9rem; }
@media (max-width: 68rem) {
  .page { display: block; max-width: 56rem; margin: 0 auto; padding: 0 1.5rem 4rem; }
  nav { padding: 1.4rem 0 0; }
  nav ol { position: static; columns: 2; border-left: 0; padding: 0; }
}
@media (max-width: 36rem) {
  body { font-size: 16px; }
  .page { padding: 0 1rem 3rem; }
  header { padding-top: 1.6rem; }
  h1 { font-size: 1.75rem; }
  #story p { font-size: 1.05rem; }
  figure { margin-left: -1rem; margin-right: -1rem; border-left: 0; border-right: 0;
    border-radius: 0; }
}
@media (hover: none) { .plot .modebar { display: none; } }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  html { font-size: 10.5pt; }
  body { font-size: 1rem; }
  .page { display: block; padding: 0; max-width: 17cm; }
  nav, .skip, .play, .plot .modebar { display: none; }
  summary { color: var(--muted); }
  header { padding-top: 0; }
  figure, tr, li, .scroll { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  figure { border-color: #999; }
  .plot, .scroll { overflow: visible; }
  table { font-size: .8em; }
  th, td { padding: .2rem .4rem; max-width: none; overflow-wrap: anywhere; }
  th, .time { white-space: normal; }
  .long { min-width: 14rem; }
  a { color: inherit; text-decoration: none; }
  #methods a::after { content: " (" attr(href) ")"; font-size: .85em; }
}
"""
