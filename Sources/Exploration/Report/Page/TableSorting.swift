/// Sorts tables by the column whose head is clicked. Without it tables are as they are.
enum TableSorting {
  /// It has neither "<" nor "&", so that the page is XML too, and no two braces beside each other, which are Mustache's.
  static let script = """
    <script>
    document.querySelectorAll("table.sortable").forEach(function (table) {
      var body = table.tBodies[0];
      table.querySelectorAll("thead th").forEach(function (head, column) {
        var button = document.createElement("button");
        button.type = "button";
        while (head.firstChild) button.appendChild(head.firstChild);
        head.appendChild(button);
        button.addEventListener("click", function () {
          var down = head.getAttribute("aria-sort") === "ascending";
          table.querySelectorAll("thead th").forEach(function (other) { other.removeAttribute("aria-sort"); });
          head.setAttribute("aria-sort", down ? "descending" : "ascending");
          var rows = Array.from(body.rows).map(function (row) {
            var cell = row.cells[column];
            var value = cell.getAttribute("data-value");
            var number = value === null || value === "" ? NaN : Number(value);
            return { row: row, text: cell.textContent.trim(), number: number, isEmpty: value === "" };
          });
          rows.sort(function (a, b) {
            if (a.isEmpty || b.isEmpty) return a.isEmpty - b.isEmpty;
            var order = isNaN(a.number) || isNaN(b.number) ? a.text.localeCompare(b.text) : a.number - b.number;
            return down ? -order : order;
          });
          rows.forEach(function (entry) { body.appendChild(entry.row); });
        });
      });
    });
    </script>
    """
}
