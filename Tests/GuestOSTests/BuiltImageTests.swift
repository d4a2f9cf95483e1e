import Foundation
import GuestOS
import Testing

/// Where Scripts/build-guest and Scripts/build-extensions put what they make; tests run in the package's folder.
enum Built {
  static let extensions = ".build/extensions"

  static func path(_ variant: GuestVariant) -> String { ".build/images/\(variant.fileName)" }

  /// The image of a variant, or nil with a printed reason.
  static func image(_ variant: GuestVariant) throws -> GuestImage? {
    guard let data = FileManager.default.contents(atPath: path(variant)) else {
      print("skipped: \(path(variant)) is missing; Scripts/build-guest makes it")
      return nil
    }
    return try GuestImage([UInt8](data))
  }
}

@Suite struct BuiltImageTests {
  @Test(arguments: GuestVariant.allCases)
  func everyVariantCanBeEnteredByBothProtocols(variant: GuestVariant) throws {
    guard let image = try Built.image(variant) else { return }
    #expect(image.pvhEntry == image.symbol(named: "pvh_entry")?.address)
    #expect(image.entry == image.symbol(named: "linux_entry")?.address)
    for name in ["count", "set_count", "get_count"] { #expect(image.symbol(named: name) != nil, "\(name)") }
  }

  @Test func aVariantLeavesOutWhatItDoesNotHave() throws {
    guard let none = try Built.image(.noshell), let shell = try Built.image(.ushell),
      let keys = try Built.image(.ushellmpk), let bpf = try Built.image(.ushellmpkBPF)
    else { return }
    #expect(none.symbol(named: "ushell_puts") == nil)
    #expect(shell.symbol(named: "ushell_puts") != nil)
    #expect(keys.symbol(named: "probe_trampoline") == nil && bpf.symbol(named: "probe_trampoline") != nil)
    let sizes = [none, shell, keys, bpf].map { $0.segments.reduce(0) { $0 + $1.memorySize } }
    print("bytes in memory: noshell \(sizes[0]), ushell \(sizes[1]), ushellmpk \(sizes[2]), with BPF \(sizes[3])")
    #expect(sizes[0] < sizes[1] && sizes[1] <= sizes[2] && sizes[2] < sizes[3])
  }

  /// WRPKRU is 0f 01 ef: only the variant with keys has the instruction.
  @Test func onlyTheVariantWithKeysWritesPKRU() throws {
    for (variant, expected) in [(GuestVariant.ushell, false), (.ushellmpk, true), (.ushellmpkBPF, true)] {
      guard let image = try Built.image(variant), let text = image.segments.first else { return }
      let bytes = Array(text.bytes)
      let has = bytes.indices.dropLast(2).contains { Array(bytes[$0..<$0 + 3]) == [0x0f, 0x01, 0xef] }
      #expect(has == expected, "\(variant)")
    }
  }
}
