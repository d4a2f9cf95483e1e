/// The matrix as a page, like the reports of campaigns.
enum MatrixTemplate {
  static let body = """
    <header>
    <h1>Attacks and isolation designs</h1>
    {{#facts}}
    <p class="lead">{{.}}</p>
    {{/facts}}
    {{#complaints}}
    <p class="warning">{{.}}</p>
    {{/complaints}}
    </header>
    <main>
    <section>
    <h2>How each attack ends</h2>
    <p>Each word leads to the evidence. “Refused (native)” says that a design takes no machine code at all; that is one rule, and no \
    merit of many attacks. “!” marks what is not as the attack’s file expects.</p>
    <table class="matrix">
    <thead><tr><th>Attack</th>{{#designs}}<th>{{name}}</th>{{/designs}}</tr></thead>
    {{#groups}}
    <tbody>
    <tr><th colspan="{{width}}" class="group">{{title}}</th></tr>
    {{#rows}}
    <tr><th scope="row"><a href="#{{name}}">{{name}}</a><small>{{title}}</small></th>\
    {{#cells}}<td data-label="{{design}}"><a class="cell {{name}}" href="#{{anchor}}">{{words}}{{#isDifferent}} !{{/isDifferent}}</a></td>{{/cells}}</tr>
    {{/rows}}
    </tbody>
    {{/groups}}
    <tfoot>
    {{#totals}}
    <tr><th scope="row">{{name}}</th>{{#cells}}<td data-label="{{design}}">{{words}}</td>{{/cells}}</tr>
    {{/totals}}
    </tfoot>
    </table>
    </section>
    {{#hasCosts}}
    <section>
    <h2>What each design costs</h2>
    <p>In virtual cycles under the machine’s default costs. An extension that does nothing is called, calls the unikernel, and is \
    interrupted; loading includes what is read from the share. “–” stands where no extension can run that long.</p>
    <table class="matrix">
    <thead><tr><th>Cost</th>{{#designs}}<th>{{name}}</th>{{/designs}}</tr></thead>
    <tbody>
    {{#costs}}
    <tr><th scope="row">{{name}}</th>{{#cells}}<td data-label="{{design}}">{{words}}</td>{{/cells}}</tr>
    {{/costs}}
    </tbody>
    </table>
    </section>
    {{/hasCosts}}
    <section>
    <h2>Evidence</h2>
    {{#details}}
    <article id="{{anchor}}">
    <h3>{{name}}</h3>
    <p>{{title}}</p>
    <p><small>{{reference}}</small></p>
    {{#hasPrecondition}}<p><small>Precondition: {{precondition}}</small></p>{{/hasPrecondition}}
    <p><code>{{file}}</code></p>
    {{#cells}}
    <div id="{{anchor}}" class="design"><p><strong>{{design}}</strong> <span class="cell {{name}}">{{words}}</span></p>
    {{#lines}}
    <p>{{.}}</p>
    {{/lines}}
    {{#hasCommand}}<p><code>{{command}}</code></p>{{/hasCommand}}
    </div>
    {{/cells}}
    </article>
    {{/details}}
    </section>
    </main>
    """

  /// What the matrix has beyond the reports of campaigns. No colour says what a word does not say too.
  static let style = """
    :root{--refused:#1d4ed8;--completed:#52606f;--error:#5b21b6;--other:#e7ebf0}
    @media (prefers-color-scheme:dark){:root{--refused:#2563eb;--completed:#5d6b7c;--error:#7c3aed;--other:#2a3544}}
    .cell{display:inline-block;padding:.05rem .45rem;border-radius:.25rem;font-size:.875rem;font-weight:600;color:#ffffff;
    text-decoration:none;white-space:nowrap}
    a.cell:focus,a.cell:hover{outline:2px solid var(--ink)}
    .refused{background:var(--refused)}
    .completed{background:var(--completed)}
    .error{background:var(--error)}
    .not-modelled,.not-expressible,.unknown{background:var(--other)}
    .cell.not-modelled,.cell.not-expressible,.cell.unknown{color:var(--ink)}
    .matrix th a{color:inherit}
    .matrix thead th{position:sticky;top:0;background:var(--paper)}
    .group{padding-top:1rem;font-size:.875rem;color:var(--soft)}
    tfoot th{font-weight:400}
    tfoot td{font-variant-numeric:tabular-nums}
    .design{margin:.5rem 0 0;padding-left:.75rem;border-left:2px solid var(--line)}
    .design:target,article:target{outline:2px solid var(--ink)}
    article p{max-width:none}
    """
}
