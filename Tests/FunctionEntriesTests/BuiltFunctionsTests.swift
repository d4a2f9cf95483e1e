import Foundation
import FunctionEntries
import GuestOS
import Testing

/// The functions of the images that Scripts/build-guest makes, against the toolchain's disassembler.
@Suite struct BuiltFunctionsTests {
  static let image = ".build/images/uio-ushellmpk-bpf.elf"

  /// Bytes of the instruction at every address of the text.
  private static func disassembly() throws -> [UInt64: Int]? {
    let compiler = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":").map { "\($0)/swiftc" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
    let folder = compiler.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent().path }
    guard let folder, FileManager.default.isExecutableFile(atPath: "\(folder)/llvm-objdump"),
      FileManager.default.fileExists(atPath: image)
    else {
      print("skipped: \(image) (Scripts/build-guest) or the toolchain's llvm-objdump is missing")
      return nil
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "\(folder)/llvm-objdump")
    process.arguments = ["-d", image]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    var lengths: [UInt64: Int] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "\t")[0].split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let address = UInt64(parts[0].trimmingCharacters(in: .whitespaces), radix: 16) else {
        continue
      }
      lengths[address] = parts[1].split(separator: " ").count
    }
    return lengths
  }

  @Test func lengthsAreThoseOfTheDisassembler() throws {
    guard let lengths = try Self.disassembly(),
      let data = FileManager.default.contents(atPath: Self.image)
    else { return }
    let image = try GuestImage([UInt8](data))
    let text = try #require(image.segments.first)
    var movable = 0
    for (address, length) in lengths {
      let start = text.bytes.startIndex + Int(address - text.virtualAddress)
      guard let instruction = try? MovableInstruction(text.bytes[start...].prefix(15)) else { continue }
      #expect(instruction.length == length, "at 0x\(String(address, radix: 16))")
      movable += 1
    }
    let entries = image.symbols.filter { lengths[$0.address] != nil }
    let traceable = entries.filter { symbol in
      let start = text.bytes.startIndex + Int(symbol.address - text.virtualAddress)
      return (try? FunctionEntry(text.bytes[start...].prefix(15))) != nil
    }
    print("\(lengths.count) instructions, \(movable) movable; \(entries.count) functions, \(traceable.count) traceable")
    #expect(movable * 10 > lengths.count * 7)
    #expect(traceable.count * 10 > entries.count * 9)
  }
}
