import Foundation
import ObjectLoader
import Testing

/// The shipped extensions: all of them load; the harmless ones run on this machine against a small stand-in.
@Suite(.serialized) struct ExtensionsTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Builds all extensions and attacks into a new folder and returns the native extensions by name.
  ///
  /// - Parameter attacks: told each attack's object, by its class and file name.
  private static func build(
    from root: URL = Self.root, attacks: (String, [UInt8]) -> Void = { _, _ in }
  ) throws -> [String: [UInt8]] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = root.appendingPathComponent("Scripts/build-extensions")
    let attackFolder = folder.appendingPathComponent("attacks")
    process.arguments = [folder.path, attackFolder.path]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0 && text.isEmpty, "\(text)")
    var objects: [String: [UInt8]] = [:]
    let isNative = { (name: String) in name.hasSuffix(".o") && !name.hasSuffix(".bpf.o") }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where isNative(name) {
      objects[String(name.dropLast(2))] = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }
    for name in try FileManager.default.subpathsOfDirectory(atPath: attackFolder.path) where name.hasSuffix(".o") {
      attacks(name, [UInt8](try Data(contentsOf: attackFolder.appendingPathComponent(name))))
    }
    return objects
  }

  /// What tests share that only read.
  private static let built = Result { try build() }

  @Test func everySourceGivesTheSameObjectInEveryFolder() throws {
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)/with blanks")
    defer { try? FileManager.default.removeItem(at: copy.deletingLastPathComponent()) }
    try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
    for part in ["extensions", "attacks", "Scripts"] {
      try FileManager.default.copyItem(
        at: Self.root.appendingPathComponent(part), to: copy.appendingPathComponent(part))
    }
    var (attacksHere, attacksThere): ([String: [UInt8]], [String: [UInt8]]) = ([:], [:])
    let here = try Self.build { attacksHere[$0] = $1 }
    #expect(here.count >= 24 && attacksHere.count >= 300)
    #expect(try Self.build(from: copy, attacks: { attacksThere[$0] = $1 }) == here)
    #expect(attacksThere == attacksHere)
    print("extensions: \(here.count)")
  }

  /// The first name that an extension does not find without others.
  private static let missing = [
    "undefined-symbol": "there_is_no_such_function", "symbol-file": "next_number", "host-functions-caller": "greet",
    "own-names-caller": "free", "private-heap": "posix_memalign", "initialized-caller": "library_get",
    "rogue-initializer-caller": "rogue_value", "absolute-symbol-caller": "absolute_number",
    "rogue-host-stack": "host_stack_top", "renamed-thread": "scheduler_threads",
    "far-relocation": "far_place", "perf": "ushell_sleep", "set-payload": "get_payload_bytes",
  ]

  @Test func allLoadButThoseThatMustNot() throws {
    for (name, bytes) in try Self.built.get() {
      let error = loadError(bytes, at: 0x40_0000_0000) { Host.names.contains($0) ? 0x1000 : nil }
      switch name {
      case "truncated-object": #expect(error?.kind == .sectionTableOutsideFile)
      case "wrong-machine-object": #expect(error?.kind == .wrongMachine && error?.value == 183)
      default:
        guard let missing = Self.missing[name] else {
          #expect(error == nil, "\(name): \(error?.line ?? "")")
          continue
        }
        #expect(error?.kind == .undefinedSymbol && error?.name == Array(missing.utf8), "\(name)")
      }
    }
  }

  #if arch(x86_64)
    @Test func theHarmlessOnesRun() throws {
      let objects = try Self.built.get()
      func run(_ name: String, _ arguments: [String] = []) throws -> (result: Int, text: String) {
        try Host.run(HostImage(#require(objects[name]), resolve: Host.address), ["\(name).o"] + arguments)
      }
      #expect(try run("hello") == (0, "Hello from an extension!\n"))
      #expect(try run("args", ["a", "bc"]) == (3, "argc = 3\nargv[0] = args.o\nargv[1] = a\nargv[2] = bc\n"))
      #expect(try run("set-count", ["41"]) == (0, "count: 7 -> 41\n"))
      #expect(try run("set-count-func") == (0, "set_count(200)\nget_count() = 200\n"))
      #expect(try run("initializers") == (0, "order: 123\nstate is right\n"))
      #expect(try run("hello-swift", ["you"]) == (0, "Hello from Swift, you!\n1 + ... + 10 = 55\n"))
      #expect(try run("hello-swift").text.hasPrefix("Hello from Swift, overlay!\n"))
      #expect(try run("rogue-write") == (1, "rogue-write: count overwritten\n"))
      let check = try run("mpk-check")
      #expect(check.result == 0 && check.text.hasSuffix("mpk-check: passed\n"), "\(check.text)")
    }

    @Test func theCallerFindsTheProvider() throws {
      let objects = try Self.built.get()
      let provider = try HostImage(#require(objects["host-functions"]), resolve: Host.address)
      let caller = try HostImage(#require(objects["host-functions-caller"])) {
        Host.address($0) ?? provider.address(of: $0)
      }
      let name = ["host-functions-caller.o"]
      #expect(try Host.run(caller, name) == (42, "Hello, overlay\nWelcome back, overlay\ntotal = 42\n"))
      #expect(try Host.run(caller, name) == (84, "Welcome back, overlay\nWelcome back, overlay\ntotal = 84\n"))
    }
  #endif
}
