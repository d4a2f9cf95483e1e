import CodeScanner
import Hexadecimal
import ObjectLoader
import TerminalText

/// What becomes of a relocatable object when it is loaded: its parts, and the privileged instructions whose bytes are in its code, by
/// intention or not. A design that bounds code at CPL 0 has to refuse these.
public struct ObjectInspection: Sendable {
  /// A privileged instruction at some byte of the code.
  public struct Hit: Sendable {
    /// From the beginning of the code.
    public var offset: UInt64
    public var instruction: String
    /// The function that it lies in, and how far from its start; nil between functions.
    public var place: (function: String, distance: UInt64)?
    /// What is there, from the opcode's first byte on.
    public var bytes: [UInt8]
  }

  /// In bytes, whole pages.
  public var codeSize: UInt64
  public var constantsSize: UInt64
  public var dataSize: UInt64
  /// Names that others have to give.
  public var undefinedNames: [String]
  public var hits: [Hit]
  /// What keeps it from a design that takes bundles only, in words; nil: nothing, or nobody has asked.
  public var bundleViolation: String?
  /// Whether it was asked for.
  public var looksAtBundles = false
  /// The code as it is in memory.
  public var code: [UInt8]

  /// Where the guest puts the first program, and what undefined names become: somewhere in its image. Bytes of addresses are other ones
  /// at another place, so that a guest's own look at the final bytes counts.
  public static let base: UInt64 = 0x8000_0000
  static let imagePlace: UInt64 = 0x10_0000
  /// The same where names become places of the window that code in bundles keeps to.
  private static let bundledPlace = BundleChecker.window.upperBound - UInt64(BundleChecker.bundle)

  /// How much of the code a hit shows: no instruction that is looked for has a longer opcode.
  private static let bytesShown = 4

  /// Why the guest's loader refuses an object, in one line.
  public struct Refusal: Error {
    public var text: String
  }

  /// - Parameter bundles: whether to look at it as the design `mpk-bundled` does too.
  /// - Throws: for an object that the guest's loader refuses.
  public init(_ object: [UInt8], bundles: Bool = false) throws(Refusal) {
    do {
      try self.init(loading: object, bundles: bundles)
    } catch {
      throw Refusal(text: String(decoding: error.message, as: UTF8.self))
    }
  }

  private init(loading object: [UInt8], bundles: Bool) throws(ObjectError) {
    let plan = try LoadPlan(ObjectFile(object))
    (codeSize, constantsSize, dataSize) = (plan.text.size, plan.rodata.size, plan.data.size)
    var undefined: [String] = []
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(Int(plan.imageSize), 1), alignment: Int(plan.imageAlignment))
    defer { memory.deallocate() }
    let image = ImageMemory(memory, at: Self.base, for: plan)
    let loaded = try plan.load(into: image) { name in
      undefined.append(String(decoding: name, as: UTF8.self))
      return bundles ? Self.bundledPlace : Self.imagePlace
    }
    if bundles { plan.removePLT(from: image) }
    undefinedNames = undefined
    code = Array(image.text.bytes)
    let functions = loaded.symbols.filter(\.isFunction).map {
      (name: String(decoding: loaded.name(of: $0), as: UTF8.self), symbol: $0)
    }
    hits = Self.hits(in: code) { address in
      let inside = functions.last { address &- $0.symbol.address < max($0.symbol.size, 1) }
      return inside.map { ($0.name, address - $0.symbol.address) }
    }
    looksAtBundles = bundles
    bundleViolation =
      bundles ? Self.violation(in: code, entries: loaded.initializers + [loaded.main].compactMap(\.self)) : nil
  }

  private static func violation(in code: [UInt8], entries: [UInt64]) -> String? {
    code.withUnsafeBytes { bytes -> String? in
      var checker = BundleChecker(bytes, at: base)
      guard let found = checker.check(entries: entries) else { return nil }
      let shown = bytes[found.offset..<min(found.offset + found.length, bytes.count)]
      let (offset, shownBytes) = (UInt64(found.offset).hexadecimal, Array(shown).hexadecimal())
      return "\(found.rule.text) in its code, at offset \(offset): \(shownBytes)"
    }
  }

  private static func hits(in code: [UInt8], place: (UInt64) -> (String, UInt64)?) -> [Hit] {
    var scanner = CodeScanner()
    var hits: [Hit] = []
    code.withUnsafeBytes { bytes in
      scanner.scan(bytes) { finding in
        hits.append(
          Hit(
            offset: finding.offset, instruction: "\(finding.instruction.name)", place: place(base + finding.offset),
            bytes: Array(bytes[Int(finding.offset)...].prefix(bytesShown))))
      }
    }
    return hits
  }

  /// As a person reads it.
  public var text: String {
    var lines = [
      "code \(codeSize) bytes, constants \(constantsSize), data \(dataSize)",
      undefinedNames.isEmpty
        ? "needs nothing from outside"
        : "needs \(undefinedNames.map(\.terminalLine).joined(separator: ", "))",
    ]
    lines.append(
      hits.isEmpty
        ? "no privileged instruction at any byte of its code"
        : "\(hits.count) privileged instruction\(hits.count == 1 ? "" : "s") at bytes of its code:")
    for hit in hits {
      let place = hit.place.map { "\($0.function.terminalLine)+\($0.distance.hexadecimal)" } ?? "between functions"
      let bytes = hit.bytes.hexadecimal()
      lines.append("  \(hit.offset.hexadecimal)  \(bytes)  \(hit.instruction) in \(place)")
    }
    if looksAtBundles { lines.append(bundleViolation ?? "its code is in bundles") }
    return lines.joined(separator: "\n")
  }
}
