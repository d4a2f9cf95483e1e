import Hexadecimal
import OutputFiles

/// A program for user mode that ended differently, as a file that shows it again.
public struct NativeFile: ProgramFile {
  public static let suffix = ".native.json"
  public static let kindName = "uio-native-program"
  public static let content = "program for user mode"
  private static let groupsMax = 1000

  struct Group: Codable, Sendable {
    /// Bytes in hexadecimal.
    var code: String
    var name: String
    /// Where a displacement relative to the instruction pointer is, where its instruction ends, and what it must reach.
    var relative: [UInt64]?
  }

  struct Start: Codable, Sendable {
    /// RAX RCX RDX RBX RSP RBP RSI RDI R8…R15, hexadecimal.
    var registers: [String]
    var flags: UInt64
    var pkru: UInt32
    /// The first 416 bytes of an FXSAVE area, 16 a line.
    var fx: [String]
  }

  public private(set) var kind = Self.kindName
  public let seed: UInt64
  public let index: UInt64
  var memorySeed: UInt64
  var groups: [Group]
  var starts: [Start]
  /// What was different when the file was written.
  var differences: [String]

  private static let fxBytes = 416

  public init(seed: UInt64, _ disagreement: NativeCheck.Disagreement) {
    let program = disagreement.program
    (self.seed, index, memorySeed) = (seed, disagreement.index, program.memorySeed)
    groups = program.groups.map { group in
      Group(
        code: group.code.hexadecimal(), name: group.name,
        relative: group.relative.map { [UInt64($0.at), UInt64($0.end), $0.target] })
    }
    starts = program.starts.map { start in
      Start(
        registers: start.registers.map { $0.hexadecimal }, flags: start.flags, pkru: start.pkru,
        fx: stride(from: 0, to: Self.fxBytes, by: 16).map { start.fx[$0..<$0 + 16].hexadecimal() })
    }
    differences = disagreement.items
  }

  /// Reads a program, to be given to ``NativeCheck/differs(file:)``.
  ///
  /// - Throws: ``OutputError`` with what is wrong in the file.
  static func program(path: String) throws(OutputError) -> NativeProgram {
    let file = try read(path: path)
    guard file.groups.count <= groupsMax, (1...NativeGenerator.startsMax).contains(file.starts.count) else {
      throw OutputError(
        path: path, problem: "needs 1 to \(NativeGenerator.startsMax) starts, and at most \(groupsMax) groups of code")
    }
    var program = NativeProgram(memorySeed: file.memorySeed, groups: [], starts: [])
    for (index, group) in file.groups.enumerated() {
      program.groups.append(try self.group(group, path, "$.groups[\(index)]"))
    }
    for (index, start) in file.starts.enumerated() {
      program.starts.append(try self.start(start, path, "$.starts[\(index)]"))
    }
    return program
  }

  /// - Parameter place: where in the file's value the group is.
  private static func group(
    _ group: Group, _ path: String, _ place: String
  ) throws(OutputError) -> NativeProgram.Group {
    let code = try bytes(group.code, path, "\(place).code")
    var result = NativeProgram.Group(code: code, name: group.name)
    guard let relative = group.relative else { return result }
    guard relative.count == 3, code.count >= 4, relative[0] <= UInt64(code.count - 4), relative[1] <= UInt64(code.count)
    else {
      throw OutputError(
        path: path,
        problem: "\(place).relative must be three numbers: where the 4 bytes of a displacement are among the "
          + "\(code.count) of code, where its instruction ends there, and what it reaches")
    }
    result.relative = (Int(relative[0]), Int(relative[1]), relative[2])
    return result
  }

  private static func start(_ start: Start, _ path: String, _ place: String) throws(OutputError) -> NativeStart {
    guard start.registers.count == 16 else {
      throw OutputError(path: path, problem: "\(place).registers has \(start.registers.count) registers, not 16")
    }
    var registers: [UInt64] = []
    for (index, text) in start.registers.enumerated() {
      registers.append(try register(text, path: path, place: "\(place).registers[\(index)]"))
    }
    var fx: [UInt8] = []
    for (index, line) in start.fx.enumerated() { fx += try bytes(line, path, "\(place).fx[\(index)]") }
    guard fx.count == fxBytes else {
      throw OutputError(path: path, problem: "\(place).fx has \(fx.count) bytes, not \(fxBytes)")
    }
    return NativeStart(
      registers: registers, flags: start.flags & NativePlace.flagsMask, pkru: start.pkru,
      fx: fx + [UInt8](repeating: 0, count: 512 - fxBytes))
  }

  private static func bytes(_ text: String, _ path: String, _ place: String) throws(OutputError) -> [UInt8] {
    guard let bytes = HexadecimalBytes.parse(text.utf8) else {
      throw OutputError(path: path, problem: "\(place): \"\(text)\" is not bytes of two hexadecimal digits each")
    }
    return bytes
  }
}

extension NativeCheck {
  /// What the program in a file shows, or nil if both processors agree.
  /// - Throws: ``OutputError`` also for a program that hangs or calls the kernel on the host: there is nothing to compare.
  public func differs(file path: String) throws -> [String]? {
    var report = NativeReport(seed: 0, vendor: "", hasProtectionKeys: host.hasProtectionKeys)
    let items = try compare([NativeFile.program(path: path)], &report).first?.items
    guard report.notCompared == 0 else {
      throw OutputError(
        path: path, problem: "can't be compared: on this host the program hangs, or calls the kernel, which is refused")
    }
    return items
  }
}
