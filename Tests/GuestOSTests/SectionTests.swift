import Foundation
import Testing

@testable import GuestOS

@Suite struct SectionTests {
  private static let path = ".build/images/uio-ushellmpk.elf"

  private func image() throws -> GuestImage? {
    guard let data = FileManager.default.contents(atPath: Self.path) else {
      print("skipped: \(Self.path) is missing; Scripts/build-guest makes it")
      return nil
    }
    return try GuestImage([UInt8](data))
  }

  @Test func sectionsAreFoundByName() throws {
    guard let image = try image() else { return }
    #expect(image.hasSection(named: ".text") && image.hasSection(named: ".symtab"))
    #expect(!image.hasSection(named: ".debug_line") && !image.hasSection(named: ".tex"))
  }

  @Test func tablesThatLieHaveNoSections() throws {
    guard let image = try image() else { return }
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var state = seed
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 16
    }
    let table = (0..<8).reduce(0) { $0 | Int(image.bytes[40 + $1]) << (8 * $1) }
    var accepted = 0
    for _ in 0..<2_000 {
      var bytes = image.bytes
      let fields = [40, 58, 60, 62, table + Int(next() % 512)]
      for _ in 0...next() % 3 { bytes[fields[Int(next() % 5)] + Int(next() % 2)] = UInt8(truncatingIfNeeded: next()) }
      guard let damaged = try? GuestImage(bytes) else { continue }
      accepted += damaged.hasSection(named: ".no such section") ? 1 : 0
    }
    #expect(accepted == 0)
  }
}
