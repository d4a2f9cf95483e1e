import Foundation
import Testing

/// The command line of `sim bpf`; what its commands do is tested in BPFToolTests.
@Suite(.enabled(if: canRun)) struct BPFCommandTests {
  private static let commands = ["asm", "disasm", "verify", "run", "conformance-plugin"]

  @Test(arguments: commands) func everyCommandShowsItsHelp(command: String) throws {
    for arguments in [["help", "bpf", command], ["bpf", command, "--help"], ["bpf", command, "missing.s", "-h"]] {
      let answer = try sim(arguments)
      #expect(answer.status == 0 && answer.error.isEmpty)
      #expect(answer.output.contains("USAGE: sim bpf \(command)") && answer.output.contains("EXAMPLES"))
    }
  }

  @Test func theCommandsAreListed() throws {
    for arguments in [["bpf"], ["bpf", "--help"], ["help", "bpf"]] {
      let answer = try sim(arguments)
      #expect(answer.status == 0)
      for command in Self.commands { #expect(answer.output.contains("  \(command) "), "\(answer.output)") }
    }
  }

  @Test func theVersionIsToldEverywhere() throws {
    let version = try sim(["--version"]).output
    #expect(try !version.isEmpty && sim(["bpf", "--version"]).output == version)
    #expect(try sim(["bpf", "run", "--version"]).output == version)
  }

  @Test func completionKnowsTheCommands() throws {
    for shell in ["bash", "zsh", "fish"] {
      let script = try sim(["--generate-completion-script", shell])
      #expect(script.status == 0 && script.output.contains("conformance-plugin") && script.output.contains("budget"))
    }
  }

  @Test func theArgumentOfAProgramIsNoOption() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).s")
    try Data("ldxb %r0, [%r1]\nexit\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(try sim(["bpf", "run", file.path, "--argument", "--help"]).output == "0x2d\n")
    #expect(try sim(["bpf", "run", file.path, "--mem", "2a"]).output == "0x2a\n")
  }

  @Test func aPacketIsRead() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).s")
    try Data("ldxw %r2, [%r1]\nldxb %r0, [%r2+1]\nexit\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let packet = ["bpf", "run", file.path, "--context", "linux-xdp", "--packet"]
    for engine in [[], ["--jit"]] {
      #expect(try sim(packet + ["0a0b"] + engine).output == "0xb\n")
      let short = try sim(packet + ["0a"] + engine)
      #expect(short.status == 1 && short.error.contains("instruction 1: invalid read of 1 byte"), "\(short)")
    }
  }

  /// Entries that maps have before a run, and what they hold afterwards.
  @Test func mapsAreFilledAndShown() throws {
    let objects = root.appending(path: ".build/extensions").path
    let bucket = ["bpf", "run", "\(objects)/histogram.bpf.o", "--section", "bucket", "--argument", "3"]
    let filled = try sim(bucket + ["--map", "buckets:03000000=0500000000000000", "--maps"])
    #expect(
      filled.output == "0x5\nmap buckets (array): 1\n  03 00 00 00: 05 00 00 00 00 00 00 00\n", "\(filled)")
    for engine in [[], ["--jit"]] {
      let ring = try sim(["bpf", "run", "\(objects)/ring.bpf.o", "--argument", "A", "--maps"] + engine)
      #expect(ring.output == "0x0\nmap records (ringBuffer): 1\n  41 00 00 00 00 00 00 00\n", "\(ring)")
    }
    let unknown = try sim(bucket + ["--map", "nomap:00=00"])
    #expect(unknown.status == 2 && unknown.error.contains("no map 'nomap'; maps are: buckets"), "\(unknown)")
    for (entry, message) in [
      ("buckets:03=05", "keys of 'buckets' have 4 bytes"), ("buckets:ffff0000=05", "65535 is beyond"),
    ] {
      let wrong = try sim(bucket + ["--map", entry])
      #expect(wrong.status == 2 && wrong.error.contains(message), "\(wrong)")
    }
    let packet = try sim(["bpf", "run", "\(objects)/histogram.bpf.o", "--packet", "0a"])
    #expect(packet.status == 2 && packet.error.contains("get no packet"), "\(packet)")
    let wide = try sim(bucket + ["--map", "buckets:0000000000=00"])
    #expect(wide.status == 2 && wide.error.contains("keys of 'buckets' have 4 bytes and values 8"), "\(wide)")
  }

  @Test(arguments: [
    (["nonsense"], "nonsense"), (["disasm"], "<file>"), (["run", "--budget"], "--budget"),
    (["run", "x", "--budget", "many"], "'many' is invalid"), (["verify", "x", "--format", "xml"], "'xml' is invalid"),
    (["run", "x", "--mem", "0", "--argument", "y"], "exclude each other"), (["run", "/nonexistent"], "no such file"),
    (["run", "x", "--map", "m"], "--map"),
    (["verify", "x", "--context", "linux-nothing"], "'linux-nothing' is invalid"),
    (["conformance-plugin", "xyz"], "not a sequence of hexadecimal bytes"), (["asm", "x", "y"], "Unexpected argument"),
  ])
  func wrongUsageIsExplained(arguments: [String], message: String) throws {
    let answer = try sim(["bpf"] + arguments)
    #expect(answer.status == 2 && answer.output.isEmpty && answer.error.contains(message), "\(answer.error)")
  }
}
