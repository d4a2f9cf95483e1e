import Pages

/// The page of a flame graph. It is all there without its script, which finds names and looks closer at a part.
enum FlameTemplate {
  static let body = """
    <header>
    <h1>{{title}}: where time goes</h1>
    {{#facts}}
    <p>{{.}}</p>
    {{/facts}}
    </header>
    <main>
    <section>
    <h2>Calls</h2>
    <p>The topmost box is the whole run. Each below is a function or an actor, as wide as the cycles that went by in it and in what it called, which is below. Boxes in \
    brackets are no functions: what the machine itself takes for an exit to the host, an exception, a change of rights, and handlers by their vectors.\
    {{#hasNote}} {{note}}{{/hasNote}}</p>
    <p class="tools" hidden="hidden"><label>Find <input type="search" id="find"/></label> <button type="button" id="all">Show all</button> \
    <output id="told" for="find"></output></p>
    <svg class="flame" id="flame" height="{{height}}" role="img" aria-label="calls by cycles; the tables below have the same numbers">
    {{#boxes}}{{> box}}{{/boxes}}
    </svg>
    </section>
    <section>
    <h2>Actors</h2>
    <table>
    <thead><tr><th>Actor</th><th class="n">Cycles</th><th>Share</th><th class="n">Instructions</th></tr></thead>
    <tbody>
    {{#actors}}
    <tr><th scope="row"><span class="key {{colour}}"></span> {{name}}</th><td class="n" data-label="Cycles">{{own}}</td>\
    <td class="share" data-label="Share"><span class="n">{{share}}</span><span class="bar"><i class="{{colour}}" style="width:{{bar}}%"></i></span></td>\
    <td class="n" data-label="Instructions">{{instructions}}</td></tr>
    {{/actors}}
    </tbody>
    </table>
    </section>
    <section>
    <h2>Functions</h2>
    <table>
    <thead><tr><th>Function</th><th class="n">Itself</th><th>Share</th><th class="n">With what it called</th></tr></thead>
    <tbody>
    {{#symbols}}
    <tr><th scope="row" class="code">{{name}}</th><td class="n" data-label="Itself">{{own}}</td>\
    <td class="share" data-label="Share"><span class="n">{{share}}</span><span class="bar"><i class="whole" style="width:{{bar}}%"></i></span></td>\
    <td class="n" data-label="With calls">{{total}}</td></tr>
    {{/symbols}}
    </tbody>
    </table>
    </section>
    {{#hasLines}}
    <section>
    <h2>Lines</h2>
    <table>
    <thead><tr><th>Line</th><th class="n">Cycles</th><th>Share</th><th class="n">Instructions</th></tr></thead>
    <tbody>
    {{#lines}}
    <tr><th scope="row" class="code">{{name}}</th><td class="n" data-label="Cycles">{{own}}</td>\
    <td class="share" data-label="Share"><span class="n">{{share}}</span><span class="bar"><i class="whole" style="width:{{bar}}%"></i></span></td>\
    <td class="n" data-label="Instructions">{{instructions}}</td></tr>
    {{/lines}}
    </tbody>
    </table>
    </section>
    {{/hasLines}}
    </main>
    <script>
    //<![CDATA[
    \(script)
    //]]>
    </script>
    """

  /// A box is a drawing of its own, so that its text is cut off at its edge and does not shrink with it.
  static let box = """
    {{% CONTENT_TYPE:REPORT}}<svg class="{{colour}}" data-cycles="{{cycles}}" x="{{x}}%" y="{{y}}" width="{{width}}%" height="17"><title>{{title}}</title>\
    <rect width="100%" height="100%"/>{{#hasText}}<text x="3" y="13">{{name}}</text>{{/hasText}}</svg>

    """

  /// Shows a box and what is above and below it in the whole width; marks names.
  private static let script = #"""
    (function () {
      "use strict";
      var flame = document.getElementById("flame"), find = document.getElementById("find");
      var told = document.getElementById("told"), all = document.getElementById("all");
      var boxes = Array.prototype.map.call(flame.children, function (element) {
        var title = element.querySelector("title").textContent;
        return {element: element, title: title, name: title.slice(0, title.lastIndexOf(":")),
          x: parseFloat(element.getAttribute("x")), width: parseFloat(element.getAttribute("width")),
          y: parseInt(element.getAttribute("y"), 10), cycles: Number(element.getAttribute("data-cycles"))};
      });
      function show(chosen) {
        boxes.forEach(function (box) {
          var isBelow = box.y >= chosen.y && box.x >= chosen.x - 1e-4 && box.x + box.width <= chosen.x + chosen.width + 2e-4;
          var isAbove = box.y < chosen.y && box.x <= chosen.x + 1e-4 && box.x + box.width >= chosen.x + chosen.width - 2e-4;
          box.element.style.display = isBelow || isAbove ? "" : "none";
          var x = isAbove ? 0 : (box.x - chosen.x) / chosen.width * 100;
          var width = isAbove ? 100 : box.width / chosen.width * 100;
          box.element.setAttribute("x", x + "%");
          box.element.setAttribute("width", width + "%");
          var text = box.element.querySelector("text");
          if (!text && width > 1) {
            text = document.createElementNS("http://www.w3.org/2000/svg", "text");
            text.setAttribute("x", "3");
            text.setAttribute("y", "13");
            text.textContent = box.name;
            box.element.appendChild(text);
          }
        });
      }
      function mark() {
        var wanted = find.value.toLowerCase(), found = 0, sum = 0, end = -1;
        boxes.slice().sort(function (a, b) { return a.x - b.x || a.y - b.y; }).forEach(function (box) {
          var fits = wanted !== "" && box.y > 0 && box.name.toLowerCase().indexOf(wanted) >= 0;
          box.element.classList.toggle("found", fits);
          if (!fits) { return; }
          found += 1;
          if (box.x + 1e-4 >= end) { sum += box.cycles; end = box.x + box.width; }
        });
        told.textContent = wanted === "" ? "" : found + " boxes, " + (sum / boxes[0].cycles * 100).toFixed(2) + " % of the run";
      }
      boxes.forEach(function (box) { box.element.addEventListener("click", function () { show(box); }); });
      all.addEventListener("click", function () { show(boxes[0]); });
      document.addEventListener("keydown", function (event) { if (event.key === "Escape") { show(boxes[0]); } });
      find.addEventListener("input", mark);
      Array.prototype.forEach.call(document.querySelectorAll(".tools"), function (tools) { tools.hidden = false; });
    })();
    """#

  /// No colour says what a word does not say too.
  static let style = """
    :root{--unikernel:#f3c17c;--application:#9fd6a3;--handler:#d7b5ec;--gate:#f5e08a;--function:#9ccbe8;--extension:#f0a8a0;\
    --event:#dfe5ec;--idle:#cfd6de;--whole:#b9c7d8;--other:#e3d5b8}
    @media (prefers-color-scheme:dark){:root{--unikernel:#80501a;--application:#2a6b37;--handler:#663d80;--gate:#6b5c11;\
    --function:#1f587d;--extension:#8f3128;--event:#2f3a49;--idle:#2a3340;--whole:#3a4a60;--other:#57482a}}
    svg.flame{display:block;width:100%;margin:.5rem 0}
    #flame svg{cursor:pointer}
    svg.flame rect{stroke:var(--paper);stroke-width:1}
    svg.flame text{font:12px ui-monospace,monospace;fill:var(--ink)}
    svg.flame svg:hover rect{stroke:var(--ink)}
    svg.flame .found rect{stroke:var(--ink);stroke-width:3}
    .key{display:inline-block;width:.8rem;height:.8rem;border-radius:.15rem}
    .unikernel{fill:var(--unikernel);background:var(--unikernel)}
    .application{fill:var(--application);background:var(--application)}
    .handler{fill:var(--handler);background:var(--handler)}
    .gate{fill:var(--gate);background:var(--gate)}
    .function{fill:var(--function);background:var(--function)}
    .extension{fill:var(--extension);background:var(--extension)}
    .event{fill:var(--event)}
    .idle{fill:var(--idle)}
    .whole{fill:var(--whole);background:var(--whole)}
    .other{fill:var(--other);background:var(--other)}
    input,button{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--line);border-radius:.25rem}
    """
}

extension TimeProfile {
  /// A flame graph as one HTML file that needs nothing else.
  ///
  /// - Parameter line: tells `file:line` of a place, if it is known.
  public func html(line: (Int) -> String? = { _ in nil }) -> String {
    ReportDocument(
      title: "{{title}}: where time goes", body: FlameTemplate.body, style: FlameTemplate.style,
      partials: ["box": FlameTemplate.box]
    ).render(FlamePage(self, line: line))
  }
}
