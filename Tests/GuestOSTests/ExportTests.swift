import Foundation
import GuestOS
import Testing

/// What extensions are linked against: the table in the image, the header that declares it and the page that describes it.
@Suite struct ExportTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// Pairs of the address of a name and a value, up to a null pointer.
  static func exports(_ image: GuestImage) throws -> [String: UInt64] {
    let table = try #require(image.symbol(named: "kernel_exports")).address
    func bytes(_ address: UInt64) throws -> ArraySlice<UInt8> {
      let segment = try #require(
        image.segments.first { address >= $0.physicalAddress && address - $0.physicalAddress < UInt64($0.bytes.count) })
      return segment.bytes.dropFirst(Int(address - segment.physicalAddress))
    }
    func word(_ address: UInt64) throws -> UInt64 {
      try bytes(address).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    var result: [String: UInt64] = [:]
    var place = table
    while case let name = try word(place), name != 0 {
      result[String(decoding: try bytes(name).prefix { $0 != 0 }, as: UTF8.self)] = try word(place + 8)
      place += 16
    }
    return result
  }

  @Test(arguments: [
    GuestVariant.ushell, .ushellmpk, .ushellmpkBPF, .ushellmpkHardened, .ushellRing3, .ushellpksHardened,
  ])
  func theTableHasWhatIsPromisedAndNothingElse(variant: GuestVariant) throws {
    guard let image = try Built.image(variant) else { return }
    let exports = try Self.exports(image)
    // Designs with services have these stand for functions; where extensions run at CPL 3, what compilers call is a copy.
    let hasServices = [.ushellmpkHardened, .ushellRing3, .ushellpksHardened].contains(variant)
    let functions = [
      "ushell_ticks", "set_count", "get_count", "set_payload_bytes", "get_payload_bytes", "get_served",
    ]
    let services = hasServices ? functions : []
    func isCopied(_ name: String) -> Bool { name.hasPrefix("mem") || name.hasPrefix("__") }
    for (name, address) in exports {
      var symbol = services.contains(name) ? "service_\(name.replacing("ushell_", with: ""))" : name
      if variant == .ushellRing3, isCopied(name) { symbol = "user_\(name.trimmingPrefix("__"))" }
      #expect(image.symbol(named: symbol)?.address == address, "\(name)")
    }
    let names = Set(exports.keys)

    // What ushell.h declares: names before "(" or "[", and the application's variable.
    let header = try Self.text("extensions/include/ushell.h")
    let declarations = header.split(separator: "\n").filter { $0.hasSuffix(";") && !$0.hasPrefix(" ") }
    let declared = declarations.compactMap { line in
      line.prefix { !"([;".contains($0) }.split { " *".contains($0) }.last.map(String.init)
    }
    #expect(Set(declared).count == 24)
    let own = ["ushell_get", "ushell_set", "ushell_start_counter", "ushell_read_counter", "ushell_stop_counter"]
    let windows = ["ushell_enable_write", "ushell_disable_write", "ushell_write_is_enabled"]
    let absent = Set(hasServices ? windows : own)
    let unasked = [
      "memcpy", "memmove", "memset", "memcmp", "__popcountdi2", "__paritydi2", "__udivti3", "__umodti3", "__udivmodti4",
      "__divti3", "__modti3",
    ]
    #expect(names == Set(declared + unasked + (variant == .ushellmpkBPF ? ["bpf_helper"] : [])).subtracting(absent))

    let page = try Self.text("docs/extensions.md")
    for name in names { #expect(page.contains("`\(name)`") || page.contains("`\(name)("), "\(name)") }
  }
}
