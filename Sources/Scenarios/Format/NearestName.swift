import Foundation

/// The known name that a misspelt one most likely means, or nil when none is near.
func nearestName(to name: String, among known: some Sequence<String>) -> String? {
  let scored = known.map { (name: $0, distance: editDistance(name.lowercased(), $0.lowercased())) }
  guard let best = scored.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else { return nil }
  // More than a third of the name is no slip any more, it is another word.
  return best.distance <= max(1, max(name.count, best.name.count) / 3) ? best.name : nil
}

/// "; did you mean …?" or a list of what is known: the mend for a name that does not exist.
public func remedyForName(_ name: String, among known: [String], noun: String) -> String {
  if let nearest = nearestName(to: name, among: known) { return "did you mean \"\(nearest)\"?" }
  if known.isEmpty { return "there is no \(noun) here" }
  let listed = known.prefix(20).joined(separator: ", ")
  return "known \(plural(of: noun)): \(listed)\(known.count > 20 ? ", …" : "")"
}

/// Of "error of a share" that is "errors of a share".
private func plural(of noun: String) -> String {
  let head = noun[..<(noun.range(of: " of ")?.lowerBound ?? noun.endIndex)]
  let last = head.dropLast().last
  let endsInIes = head.last == "y" && last.map { !"aeiou".contains($0) } ?? false
  return (endsInIes ? "\(head.dropLast())ies" : "\(head)s") + noun.dropFirst(head.count)
}

/// Levenshtein's distance in bytes, where two neighbours that changed places count as one step; of long names only the
/// first 64 bytes count.
private func editDistance(_ first: String, _ second: String) -> Int {
  let a = Array(first.utf8.prefix(64))
  let b = Array(second.utf8.prefix(64))
  var rows = [Array(0...b.count)]
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var distance = min(rows[i][j] + (a[i] == b[j] ? 0 : 1), row[j] + 1, rows[i][j + 1] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { distance = min(distance, rows[i - 1][j - 1] + 1) }
      row.append(distance)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
