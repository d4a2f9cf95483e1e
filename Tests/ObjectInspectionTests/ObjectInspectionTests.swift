import CodeScanner
import Foundation
import ObjectInspection
import Testing

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The shipped native objects: extensions and attacks, without those that are broken on purpose.
private let objects: [String] = {
  let folders = [".build/extensions"] + attackFolders.map { ".build/attacks/\($0)" }
  let files = folders.flatMap { folder in
    ((try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)) ?? []).sorted()
      .filter { $0.hasSuffix(".o") && !$0.hasSuffix(".bpf.o") }.map { "\(folder)/\($0)" }
  }
  if files.isEmpty { print("no object is inspected: none has been built (./test does it)") }
  return files
}()

private let attackFolders = [
  "rights-register", "gates", "system-registers", "trusted-data", "stacks", "interrupts", "confidentiality", "deputies",
  "devices", "keys", "exhaustion",
]

private func inspect(_ path: String) throws -> ObjectInspection? {
  try? ObjectInspection([UInt8](Data(contentsOf: root.appending(path: path))))
}

@Suite(.enabled(if: !objects.isEmpty)) struct ObjectInspectionTests {
  @Test func whatTheShippedExtensionsHold() throws {
    let own = try #require(try inspect(".build/extensions/own-rights.o"))
    #expect(own.hits.map(\.instruction) == ["WRPKRU"])
    #expect(own.hits.first?.place?.function == "main" && own.hits.first?.bytes.prefix(3) == [0x0f, 0x01, 0xef])
    #expect(own.text.contains("WRPKRU in main+0x"))
    #expect(own.undefinedNames.contains("count"))
    let hello = try #require(try inspect(".build/extensions/hello.o"))
    #expect(hello.hits.isEmpty && hello.text.contains("no privileged instruction"))
    #expect(throws: ObjectInspection.Refusal.self) { try ObjectInspection([0x7f, 0x45, 0x4c, 0x46]) }
  }

  /// binutils' disassembler, which nobody here wrote: what it takes for a privileged instruction the scanner has found, and where the
  /// scanner has found one, it sees one if it begins there.
  @Test func aDisassemblerAgrees() throws {
    guard let objdump = ["/usr/bin/objdump"].first(where: FileManager.default.isExecutableFile(atPath:)) else {
      print("no disassembler is asked: objdump is not there (Debian's binutils)")
      return
    }
    let folder = FileManager.default.temporaryDirectory.appending(path: "objects-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // One behind the other, with what ends any instruction in between: one look at all of them.
    var code: [UInt8] = []
    for path in objects {
      guard let inspection = try inspect(path) else { continue }
      // The rest of its last page is INT3.
      let used = inspection.code.reversed().drop { $0 == 0xcc }.count
      code += inspection.code.prefix(used) + [UInt8](repeating: 0x90, count: 16)
    }
    let file = folder.appending(path: "code.bin")
    try Data(code).write(to: file)
    let listed = try Self.privileged(objdump, file)
    var scanner = CodeScanner()
    var found: [CodeScanner.Finding] = []
    code.withUnsafeBytes { scanner.scan($0) { found.append($0) } }
    for line in listed {
      #expect(
        found.contains { line.address <= $0.offset && $0.offset < line.address + UInt64(line.length) }, "\(line)")
    }
    // What begins at each place, apart from what is before it: no instruction is longer than 15 bytes. Two are instructions
    // with F3H only, which may stand before a REX prefix.
    var alone: [UInt8] = []
    for finding in found {
      let needsPrefix = [.wrfsbase, .wrgsbase].contains(finding.instruction)
      alone += (needsPrefix ? [0xf3] : []) + code[Int(finding.offset)...].prefix(4)
      alone += [UInt8](repeating: 0x90, count: 32 - alone.count % 32)
    }
    try Data(alone).write(to: file)
    let there = try Self.privileged(objdump, file).map(\.address)
    for (index, finding) in found.enumerated() {
      #expect(there.contains(UInt64(index * 32)), "\(finding)")
    }
    #expect(found.count > 20 && listed.count > 20)
    print("\(objects.count) objects, \(code.count) bytes of code, \(found.count) privileged instructions")
  }

  /// Where the checker of bundles takes an instruction to begin, binutils' disassembler begins one, in all objects of the build that are
  /// taken; and the honest extensions are.
  @Test func aDisassemblerFindsTheSameBundles() throws {
    guard let objdump = ["/usr/bin/objdump"].first(where: FileManager.default.isExecutableFile(atPath:)) else {
      print("no disassembler is asked: objdump is not there (Debian's binutils)")
      return
    }
    let bundled = objects.map { $0.replacing(".build/", with: ".build/bundled/", maxReplacements: 1) }
    let file = FileManager.default.temporaryDirectory.appending(path: "bundles-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    var code: [UInt8] = []
    var taken: [String] = []
    for path in bundled {
      guard
        let inspection = try? ObjectInspection(
          [UInt8](Data(contentsOf: root.appending(path: path))), bundles: true), inspection.bundleViolation == nil
      else { continue }
      taken.append(URL(filePath: path).lastPathComponent)
      let used = (inspection.code.reversed().drop { $0 == 0xcc }.count + 31) / 32 * 32
      code += inspection.code.prefix(used)
    }
    #expect(
      Set(taken).isSuperset(of: ["hello.o", "hello-swift.o", "set-count.o", "mpk-check.o", "perf.o", "design-cost.o"]))
    #expect(taken.count > 200)
    try Data(code).write(to: file)
    let listed = Set(try Self.lines(objdump, file).map { Int($0.address) })
    code.withUnsafeBytes { bytes in
      var walk = InstructionWalk(bytes)
      var steps = 0
      while let step = walk.next() {
        if !listed.contains(step.offset) { Issue.record("at \(step.offset)") }
        steps += 1
      }
      #expect(steps == listed.count)
    }
  }

  private static let names: Set<Substring> = [
    "wrpkru", "xsetbv", "xrstor", "xrstor64", "xrstors", "xrstors64", "wrmsr", "rdmsr", "wrfsbase", "wrgsbase",
    "swapgs",
    "lgdt", "lidt", "lldt", "ltr", "lmsw", "clts", "syscall", "sysret", "sysretl", "sysretq", "sysenter", "sysexit",
    "sysexitl", "sysexitq", "invd", "wbinvd",
  ]

  private struct Line: CustomStringConvertible {
    var address: UInt64
    var length: Int
    var text: String
    var description: String { "\(String(address, radix: 16)): \(text)" }
  }

  /// The privileged instructions of a listing.
  private static func privileged(_ objdump: String, _ file: URL) throws -> [Line] {
    try lines(objdump, file).filter { line in
      let words = line.text.split(separator: " ")
      let isMove = words.contains("mov") && (line.text.contains("%cr") || line.text.contains("%db"))
      return isMove || words.contains(where: names.contains)
    }
  }

  /// The instructions of a listing.
  private static func lines(_ objdump: String, _ file: URL) throws -> [Line] {
    let process = Process()
    process.executableURL = URL(filePath: objdump)
    process.arguments = ["-D", "-w", "-z", "-b", "binary", "-m", "i386:x86-64", file.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "\t")
      guard fields.count >= 3, let address = UInt64(fields[0].drop { $0 == " " }.dropLast(), radix: 16) else {
        return nil
      }
      return Line(address: address, length: fields[1].split(separator: " ").count, text: String(fields[2]))
    }
  }
}
