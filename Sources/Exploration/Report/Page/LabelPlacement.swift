/// Finds places for texts beside the points of a drawing, so that none covers another.
struct LabelPlacement {
  struct Box: Equatable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
    }

    func isInside(_ outer: Box) -> Bool {
      x >= outer.x && y >= outer.y && x + width <= outer.x + outer.width && y + height <= outer.y + outer.height
    }
  }

  private let room: Box
  private var taken: [Box]

  /// - Parameters:
  ///   - room: where texts may stand.
  ///   - taken: where none may stand.
  init(room: Box, taken: [Box] = []) { (self.room, self.taken) = (room, taken) }

  /// A place for a text beside a point, the nearest first; nil if there is none.
  mutating func place(_ width: Double, _ height: Double, at x: Double, _ y: Double) -> Box? {
    for distance in [8.0, 14, 22, 32] {
      let places = [
        (x + distance, y - height / 2), (x - distance - width, y - height / 2), (x - width / 2, y - distance - height),
        (x - width / 2, y + distance), (x + distance * 0.7, y - distance * 0.7 - height),
        (x - distance * 0.7 - width, y - distance * 0.7 - height), (x + distance * 0.7, y + distance * 0.7),
        (x - distance * 0.7 - width, y + distance * 0.7),
      ]
      for place in places {
        let box = Box(x: place.0, y: place.1, width: width, height: height)
        guard box.isInside(room), !taken.contains(where: box.overlaps) else { continue }
        taken.append(box)
        return box
      }
    }
    return nil
  }

  /// About as wide as a text is in the drawings' letters on a narrow page, where they are the largest.
  static func width(_ text: String) -> Double { Double(text.count) * 7.2 + 2 }
}
