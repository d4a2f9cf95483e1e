import Foundation
import GuestOS
import LineTables
import Scenarios
import Testing

@testable import Traces

@Suite struct SourceLineTests {
  /// Each line that the table has for a function of C has the function's text in the source.
  @Test(.enabled(if: ShippedRuns.areBuilt)) func theShippedImagesHaveTheirLinesBesideThem() throws {
    let folder = ShippedRuns.products.images
    let image = try ShippedRuns.inputs("set-count").image
    let symbol = try #require(image.symbol(named: "set_count"))
    #expect(SourceLine(of: symbol.address, in: image) == .noTable)
    let line = SourceLine(of: symbol.address, in: image, DebugFiles([folder]))
    guard case .known(let place) = line else { return #expect(Bool(false), "\(line)") }
    let parts = place.split(separator: ":")
    let number = try #require(parts.count == 2 ? Int(parts[1]) : nil)
    let root = folder.deletingLastPathComponent().deletingLastPathComponent()
    let source = root.appending(path: "Sources/GuestOS/Applications/\(parts[0])")
    let text = try String(contentsOf: source, encoding: .utf8).components(separatedBy: "\n")
    #expect(text[number - 1].contains("set_count"), "\(place)")
    // Another image has none there, though it has a name.
    var other = image.bytes
    other[other.count - 1] ^= 1
    if let other = try? GuestImage(other) {
      #expect(SourceLine(of: symbol.address, in: other, DebugFiles([folder])) == .noTable)
    }
  }
}
