/// What all reports look like.
enum ReportStyle {
  /// Colours have no meaning that a mark or a word does not tell too.
  static let text = """
    :root{--paper:#ffffff;--ink:#1b2430;--soft:#5a6676;--line:#d5dbe3;--panel:#f4f6f9;--warn:#fff4d6;
    --simulator-defect:#5b21b6;--escaped:#b91c1c;--leaked:#be185d;--crashed:#c2410c;--hung:#78350f;--corrupted:#a16207;
    --detected:#1d4ed8;--contained:#15803d;--latent:#9fb0c3;--masked:#dfe5ec;--not-triggered:#ffffff;--quiet:#1b2430}
    @media (prefers-color-scheme:dark){:root{--paper:#12171e;--ink:#e4e9f0;--soft:#9aa7b7;--line:#334052;--panel:#1a212b;
    --warn:#42350f;--simulator-defect:#7c3aed;--escaped:#dc2626;--leaked:#db2777;--crashed:#d9480f;--hung:#92521f;
    --corrupted:#a9780b;--detected:#2563eb;--contained:#15803d;--latent:#586a80;--masked:#2a3544;--not-triggered:#12171e;
    --quiet:#e4e9f0}}
    *{box-sizing:border-box}
    body{margin:0 auto;padding:1.5rem 1rem 3rem;max-width:72rem;background:var(--paper);color:var(--ink);
    font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
    h1{font-size:1.8rem;line-height:1.2;margin:0 0 .5rem}
    h2{font-size:1.25rem;margin:2.5rem 0 .25rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
    h3{font-size:1rem;margin:0}
    p{margin:.25rem 0;max-width:52rem}
    .lead{font-size:1.1rem;color:var(--soft)}
    .warning{background:var(--warn);padding:.5rem .75rem;border-radius:.25rem}
    code,.code{font-family:ui-monospace,monospace;font-size:.875em}
    code{background:var(--panel);padding:.1rem .3rem;border-radius:.25rem}
    dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:.5rem 1.5rem;margin:1rem 0}
    dt{color:var(--soft);font-size:.875rem}
    dd{margin:0}
    table{border-collapse:collapse;width:100%;margin-top:.75rem}
    th,td{text-align:left;vertical-align:top;padding:.4rem .5rem;border-bottom:1px solid var(--line)}
    thead th{font-size:.875rem;color:var(--soft)}
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    tbody th{font-weight:600}
    tbody small{display:block;font-weight:400;color:var(--soft);max-width:26rem}
    .none{color:var(--soft)}
    .none th{font-weight:400}
    .share{width:14rem}
    .bar{display:block;position:relative;height:.6rem;background:var(--panel);border-radius:.15rem;margin-top:.25rem}
    .bar i{position:absolute;inset:0 auto 0 0;min-width:2px;border-radius:.15rem}
    .bar b{position:absolute;top:.22rem;height:.16rem;background:var(--ink)}
    .mark,.cells>*{display:inline-block;text-align:center;font:700 .75rem/1rem ui-monospace,monospace;color:#ffffff}
    .mark{width:1.15rem;border-radius:.2rem;vertical-align:.1rem}
    .map{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:.75rem 1.5rem;margin:.75rem 0}
    .row.wide{grid-column:1 / -1}
    .row p{font-size:.875rem;color:var(--soft);margin:0 0 .2rem}
    .cells{display:grid;grid-template-columns:repeat(auto-fill,14px);gap:1px}
    .cells>*{position:relative;height:22px;text-decoration:none}
    .cells i{position:absolute;inset:17px 0 0 0}
    .cells a:focus,.cells a:hover{outline:2px solid var(--ink)}
    .places .cells{max-width:calc(64 * 15px)}
    .simulator-defect{background:var(--simulator-defect);fill:var(--simulator-defect)}
    .escaped{background:var(--escaped);fill:var(--escaped)}
    .leaked{background:var(--leaked);fill:var(--leaked)}
    .crashed{background:var(--crashed);fill:var(--crashed)}
    .hung{background:var(--hung);fill:var(--hung)}
    .corrupted{background:var(--corrupted);fill:var(--corrupted)}
    .detected{background:var(--detected);fill:var(--detected)}
    .contained{background:var(--contained);fill:var(--contained)}
    .latent{background:var(--latent);fill:var(--latent);color:var(--quiet)}
    .masked{background:var(--masked);fill:var(--masked);color:var(--quiet)}
    .not-triggered{background:var(--not-triggered);fill:var(--not-triggered);color:var(--quiet);
    box-shadow:inset 0 0 0 1px var(--line)}
    .mark.latent,.mark.masked,.mark.not-triggered,.cells>.latent,.cells>.masked,.cells>.not-triggered{color:var(--quiet)}
    article{margin:1rem 0;padding:.75rem 1rem;background:var(--panel);border-radius:.35rem}
    article code{background:var(--paper)}
    article svg{display:block;width:100%;max-width:30rem;margin:.5rem 0}
    article svg text{font:11px system-ui,sans-serif;fill:var(--soft)}
    article svg line{stroke:var(--ink);stroke-width:1}
    article svg circle{fill:var(--ink)}
    article svg .number{fill:var(--panel);font-weight:700}
    article svg .golden{fill:var(--soft);opacity:.5}
    article svg .cut{fill:var(--line);opacity:.6}
    ol{margin:.25rem 0;padding-left:1.5rem}
    .failures{list-style:none;padding:0;margin:.5rem 0}
    .failures li{padding:.5rem 0;border-bottom:1px solid var(--line);break-inside:avoid}
    .failures li:target{background:var(--warn)}
    .failures p{margin:.1rem 0;max-width:none}
    @media (max-width:44rem){
    dl{grid-template-columns:1fr}
    thead{display:none}
    tr,tbody th,tbody td{display:block;width:auto;border:0;padding:.1rem 0}
    tr{padding:.6rem 0;border-bottom:1px solid var(--line)}
    tbody td,tbody td.n,td.share{display:grid;grid-template-columns:7rem 1fr;width:auto;text-align:left;white-space:normal}
    td .n{text-align:left}
    tbody small{max-width:none}
    td .bar{grid-column:1 / -1}
    td::before{content:attr(data-label);color:var(--soft)}
    .places .cells{max-width:calc(16 * 15px)}
    }
    @media print{
    :root{--paper:#ffffff;--ink:#000000;--soft:#444444;--line:#bbbbbb;--panel:#f4f4f4}
    body{max-width:none;padding:0;font-size:11px}
    .mark,.cells *,.bar,.bar i,.bar b,svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}
    article,tr,.row{break-inside:avoid}
    h2,h3{break-after:avoid}
    }
    """
}
