/// The page of a campaign's report (``ReportDocument``).
enum ReportTemplate {
  static let body = """
    <header>
    <h1>{{title}}</h1>
    <p class="lead">{{description}}</p>
    {{#warnings}}
    <p class="warning">{{.}}</p>
    {{/warnings}}
    <dl>
    {{#facts}}
    <div><dt>{{term}}</dt><dd{{#isCode}} class="code"{{/isCode}}>{{value}}</dd></div>
    {{/facts}}
    </dl>
    </header>
    <main>
    {{#isEmpty}}
    <p>No experiment has been run yet.</p>
    {{/isEmpty}}
    {{^isEmpty}}
    <section>
    <h2>Classes</h2>
    <p>{{#isExact}}Every fault of the space was tried: there is nothing to estimate.{{/isExact}}{{^isExact}}Shares of the \
    samples with Wilson’s interval ({{confidence}}), and both times the size of the space.{{/isExact}} Letters are failures, \
    other marks are not; the maps below use the same.</p>
    <table>
    <thead><tr><th>Class</th><th class="n">Samples</th><th>Share</th><th class="n">Interval</th>\
    <th class="n">Of all faults</th></tr></thead>
    <tbody>
    {{#classes}}
    <tr{{^isThere}} class="none"{{/isThere}}><th scope="row"><span class="mark {{name}}">{{mark}}</span> {{name}}\
    <small>{{rule}}</small></th><td class="n" data-label="Samples">{{samples}}</td>\
    <td class="share" data-label="Share"><span class="n">{{share}}</span><span class="bar">\
    {{#isThere}}<i class="{{name}}" style="width:{{barWidth}}%"></i>{{/isThere}}\
    {{#hasInterval}}<b style="left:{{whiskerLeft}}%;width:{{whiskerWidth}}%"></b>{{/hasInterval}}</span></td>\
    <td class="n" data-label="Interval">{{interval}}</td><td class="n" data-label="Of all faults">{{faults}}</td></tr>
    {{/classes}}
    </tbody>
    </table>
    </section>
    <section>
    <h2>Where in the code</h2>
    <p>A row for each symbol or program, a cell for each address before which faults happened, in their order. Its mark and colour \
    tell the worst class, the stripe at its foot the shares of all. Samples count where the fault meets something that reads it.</p>
    {{#code}}{{> map}}{{/code}}
    </section>
    <section class="places">
    <h2>What was changed</h2>
    <p>A row for each register or location, a cell for each of its bits that a sample fell on, the lowest first.</p>
    {{#places}}{{> map}}{{/places}}
    </section>
    <section>
    <h2>How it went</h2>
    <p>The first experiment of each class of failures; without failures, of the worst class there is. Above the whole run by \
    instructions, the fault-free one in grey; below what is between the fault and the end.</p>
    {{#lines}}
    <article>
    <h3><span class="mark {{name}}">{{mark}}</span> {{name}}: experiment {{number}}</h3>
    <p>{{reason}}</p>
    {{> drawing}}
    <ol>
    {{#moments}}
    <li>{{.}}</li>
    {{/moments}}
    </ol>
    <p><code>{{command}}</code></p>
    </article>
    {{/lines}}
    </section>
    <section>
    <h2>Failures</h2>
    <p>{{failuresNote}}</p>
    <ul class="failures">
    {{#failures}}
    <li id="e{{number}}"><p><span class="mark {{name}}">{{mark}}</span> <strong>{{name}}</strong> {{fault}}{{place}}{{samples}}</p>
    <p>{{reason}}</p><p><code>{{command}}</code></p></li>
    {{/failures}}
    </ul>
    </section>
    {{/isEmpty}}
    </main>
    """

  static let map = """
    {{% CONTENT_TYPE:REPORT}}{{^isThere}}<p>No experiment has a place here.</p>{{/isThere}}
    <div class="map">
    {{#rows}}
    <div class="row{{#isWide}} wide{{/isWide}}"><h3>{{name}}</h3><p>{{text}}{{#isBinned}}; a cell is up to {{columnsPerCell}} neighbours{{/isBinned}}</p>
    <div class="cells">
    {{#cells}}
    {{#isLinked}}<a class="{{name}}" href="#e{{anchor}}" title="{{title}}">{{mark}}<i style="background:{{gradient}}"></i></a>\
    {{/isLinked}}{{^isLinked}}<span class="{{name}}" title="{{title}}">{{mark}}<i style="background:{{gradient}}"></i></span>{{/isLinked}}
    {{/cells}}
    </div></div>
    {{/rows}}
    </div>
    {{#notes}}
    <p>{{.}}</p>
    {{/notes}}
    """

  static let drawing = """
    {{% CONTENT_TYPE:REPORT}}{{#drawing}}
    <svg viewBox="0 0 360 {{height}}" role="img" aria-label="the moments listed below on a line of instructions">
    <polygon class="cut" points="{{cut}}"/>
    <rect class="golden" x="10" y="18" width="{{goldenWidth}}" height="10"/>
    <rect class="{{name}}" x="{{faultX}}" y="30" width="{{faultWidth}}" height="12"/>
    <text x="10" y="12">0</text><text x="350" y="12" text-anchor="end">{{whole}} instructions</text>
    <line x1="10" y1="92" x2="350" y2="92"/>
    <text x="10" y="86">{{first}}</text><text x="350" y="86" text-anchor="end">{{last}}</text>
    {{#marks}}
    <line x1="{{x}}" y1="88" x2="{{x}}" y2="{{top}}"/><circle cx="{{x}}" cy="{{y}}" r="7"/>\
    <text class="number" x="{{x}}" y="{{baseline}}" text-anchor="middle">{{number}}</text>
    {{/marks}}
    </svg>
    {{/drawing}}
    """
}
