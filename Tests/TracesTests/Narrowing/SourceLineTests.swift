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

  /// Each function of an extension is at a line of its source that names it, wherever the extension is.
  @Test(.enabled(if: ShippedRuns.areBuilt)) func anExtensionHasItsLines() throws {
    let inputs = try ShippedRuns.inputs("endless-loop")
    let programs = ProgramObjects(share: inputs.shareItems, folders: ShippedRuns.products.lineFolders)
    let files = DebugFiles(programs: programs)
    let name = "endless-loop.o"
    let functions = ProgramFunction.all(in: try #require(programs.file(ofProgram: name)))
    #expect(!functions.isEmpty)
    let root = ShippedRuns.products.images.deletingLastPathComponent().deletingLastPathComponent()
    let source = try String(contentsOf: root.appending(path: "extensions/endless-loop.c"), encoding: .utf8)
      .components(separatedBy: "\n")
    for function in functions {
      let line = SourceLine(of: function.start, inProgram: name, files)
      let place = try #require(line.place, "\(function.name): \(line)")
      let number = try #require(place.split(separator: ":").last.flatMap { Int($0) })
      #expect(place.hasPrefix("endless-loop.c:") && source[number - 1].contains(function.name), "\(place)")
      // What a run calls the address says the same of it.
      let called = "\(name)+0x\(String(function.start, radix: 16))"
      #expect(SourceLine(of: 0x8000_0000 &+ function.start, called: called, in: inputs.image, files) == line)
    }
    #expect(SourceLine(of: 0, inProgram: "other.o", files) == .noTable)
    #expect(SourceLine(of: 0, inProgram: name, DebugFiles()) == .noTable)
    #expect(SourceLine(of: 0x8000_0000, called: nil, in: inputs.image, files) == nil)
    #expect(SourceLine(of: 1 << 40, inProgram: name, files) == .unknown)
  }
}
