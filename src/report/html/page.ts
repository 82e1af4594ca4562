/** The beginning of a page and its style. Nothing in it comes from packets but the title, and nothing from elsewhere. */

import { htmlText } from "./text.ts";

/**
 * Light or dark as the reader's system is, on paper, and on narrow screens, where cells follow one another. Lines of the
 * table have fixed widths, so that a browser shows a long page while it comes.
 */
export const STYLE = `
:root{color-scheme:light dark;--back:#fff;--text:#1b1f24;--soft:#59636e;--line:#d8dee4;--band:#f6f8fa;--bad:#b3261e;--link:#0550ae}
@media (prefers-color-scheme:dark){:root{--back:#0f1318;--text:#e3e8ee;--soft:#98a3b0;--line:#2b333d;--band:#171d24;--bad:#ff8a80;--link:#79b8ff}}
*{box-sizing:border-box}
body{margin:0;padding:1rem;background:var(--back);color:var(--text);font:14px/1.45 system-ui,sans-serif}
h1{margin:0 0 .75rem;font-size:1.25rem;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse;table-layout:fixed}
th,td{padding:.2rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
.cn{width:4.5rem}.ct{width:16rem}.ca{width:10rem}.cp{width:6.5rem}.cl{width:4.5rem}
thead th{position:sticky;top:0;background:var(--band);border-bottom:1px solid var(--line);font-weight:600;z-index:1}
tbody{border-bottom:1px solid var(--line)}
th:nth-child(1),th:nth-child(6),.n,.l{text-align:right}
.n,.t,.l{font-variant-numeric:tabular-nums}
.more{padding:0 .5rem .2rem 4.5rem;color:var(--soft);font-size:12px}
.bad .i{color:var(--bad)}
summary{cursor:pointer;color:var(--soft);overflow-wrap:anywhere}
summary:hover{color:var(--link)}
.block summary{color:var(--text)}
.block .more{padding-left:.5rem}
ul{margin:0;padding:0 0 0 1.1rem;list-style:none;color:var(--text);border-left:1px solid var(--line)}
li{overflow-wrap:anywhere}
b{font-weight:600}
code,pre{font:12px/1.5 ui-monospace,"DejaVu Sans Mono",monospace}
code{unicode-bidi:isolate;white-space:pre-wrap}
pre{margin:.5rem 0;padding:.5rem;background:var(--band);color:var(--text);overflow-x:auto}
i{color:var(--soft)}
.both{display:flex;flex-wrap:wrap;gap:0 1rem;align-items:flex-start}
.both>ul{flex:1 1 20rem;min-width:0}
.both>pre{flex:0 1 auto;min-width:0;max-width:100%;position:sticky;top:2.2rem}
@media screen and (max-width:64rem){
body{padding:.5rem}
colgroup,thead{display:none}
table,tbody{display:block}
tr{display:flex;flex-wrap:wrap;column-gap:.6rem;padding:.15rem 0}
td{padding:0}
.s:not(:empty)::after{content:" \\2192"}
.i{flex-basis:100%}
td:empty{display:none}
.both>pre{position:static}
.more{flex-basis:100%;padding:0 0 .2rem .2rem}
}
@media print{
body{padding:0;font-size:9px}
.more,code,pre{font-size:8px}
.cn{width:6%}.ct{width:23%}.ca{width:15%}.cp{width:9%}.cl{width:7%}
thead th{position:static}
tr:first-child{break-inside:avoid;break-after:avoid}
.both{display:block}
.both>pre{position:static;overflow:visible;white-space:pre-wrap}
}
`;

/**
 * SHA-256 of {@link STYLE} in base64: the only style that a browser takes on the page, whatever a packet might have brought
 * into it. Scripts, pictures and connections are forbidden.
 */
export const STYLE_HASH = "eIzZ6eZYwkf26/kiS0h8EuRJyfP+Vx3nm+m3XzYF2tY=";

const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

/** Everything up to the first row of the table. */
export const pageHead = (title: string): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${htmlText(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${htmlText(title)}</h1>
<table>
<colgroup><col class="cn"><col class="ct"><col class="ca"><col class="ca"><col class="cp"><col class="cl"><col></colgroup>
<thead><tr><th scope="col">No.</th><th scope="col">Time (UTC)</th><th scope="col">Source</th><th scope="col">Destination</th><th scope="col">Protocol</th><th scope="col">Length</th><th scope="col">Info</th></tr></thead>
`;

/** What closes the page. */
export const PAGE_TAIL = "</table>\n</body>\n</html>\n";
