import CXXHash
import Hexadecimal

/// What a trace says about its run before the first event.
public struct TraceHeader: Equatable, Sendable {
  /// A file that the run needs.
  public struct File: Equatable, Sendable {
    /// Raw values are part of the format.
    public enum Role: UInt64, Sendable, CaseIterable {
      /// The scenario's text; there is exactly one.
      case scenario = 1
      /// The guest's ELF image; there is exactly one.
      case image = 2
      case shareFile = 3
      /// A folder of the share; it has no content.
      case shareFolder = 4
      /// A symbolic link in the share; its content is where it leads.
      case shareLink = 5
      /// The description of a real engine whose run this is; absent from runs of the simulator.
      case engine = 6
      /// The initial RAM disk and the modules that the scenario names, in their order.
      case bootModule = 7
      /// The file that the disk begins with.
      case disk = 8
    }

    public var role: Role
    /// The path in the share, or the number of a module from 0; empty for scenario and image.
    public var name: String
    public var size: UInt64
    public var digest: FileDigest
    /// Whether the trace carries the content, or names it by its digest only.
    public var isIncluded: Bool
  }

  public var simulatorVersion: String
  public var scenario: String
  public var seed: UInt64
  /// Cycles of virtual time in a second.
  public var clockHz: UInt64
  public var files: [File]

  public func file(_ role: File.Role) -> File? { files.first { $0.role == role } }
}

/// XXH3-128 of a file.
public struct FileDigest: Equatable, Hashable, Sendable, CustomStringConvertible {
  public var high: UInt64
  public var low: UInt64

  public init(of bytes: [UInt8]) {
    let value = bytes.withUnsafeBytes { XXH3_128bits($0.baseAddress, $0.count) }
    (high, low) = (value.high64, value.low64)
  }

  init(high: UInt64, low: UInt64) {
    (self.high, self.low) = (high, low)
  }

  /// 32 hexadecimal digits in lower case.
  public var description: String {
    high.hexadecimalDigits(16) + low.hexadecimalDigits(16)
  }
}

extension TraceHeader {
  var content: [UInt8] {
    var fields = TraceBytes()
    fields.text(simulatorVersion)
    fields.text(scenario)
    fields.number(seed)
    fields.number(clockHz)
    fields.number(UInt64(files.count))
    for file in files {
      fields.number(file.role.rawValue)
      fields.text(file.name)
      fields.number(file.size)
      fields.fixed(file.digest.high)
      fields.fixed(file.digest.low)
      fields.number(file.isIncluded ? 1 : 0)
    }
    return fields.bytes
  }

  init(_ content: ArraySlice<UInt8>, offset: UInt64) throws(TraceError) {
    var fields = TraceFields(content, offset: offset)
    simulatorVersion = try fields.text()
    scenario = try fields.text()
    seed = try fields.number()
    clockHz = try fields.number()
    files = []
    let count = try fields.number()
    guard count <= TraceFormat.filesMax else { throw fields.fail("\(count) files are more than a trace has") }
    for _ in 0..<count { files.append(try Self.file(&fields)) }
    guard fields.isAtEnd else { throw fields.fail("the header goes on after its last field") }
    for role in [File.Role.scenario, .image] where files.count(where: { $0.role == role }) != 1 {
      throw fields.fail("there is not exactly one \(role)")
    }
    guard clockHz > 0 else { throw fields.fail("the clock does not run") }
  }

  private static func file(_ fields: inout TraceFields) throws(TraceError) -> File {
    guard let role = File.Role(rawValue: try fields.number()) else { throw fields.fail("an unknown role of a file") }
    let name = try fields.text()
    let size = try fields.number()
    guard size <= 1 << 40 else { throw fields.fail("a file of \(size) bytes is more than a trace carries") }
    let high = try fields.fixed(UInt64.self)
    let low = try fields.fixed(UInt64.self)
    let isIncluded = try fields.flag()
    guard isIncluded || role == .image else { throw fields.fail("only the image may be left out") }
    return File(
      role: role, name: name, size: size, digest: FileDigest(high: high, low: low), isIncluded: isIncluded)
  }
}
