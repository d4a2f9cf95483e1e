import Foundation
import GuestOS
import Testing

/// BPF programs in the guest's overlay, on QEMU: with protection keys, and without.
@Suite(.serialized) struct QEMUBPFTests {
  /// A design and a processor.
  static let machines = [
    ("", "max"), ("uio.design=none", "max"), ("uio.design=ebpf", "max"), ("uio.design=ebpf", "max,pku=off"),
    ("uio.design=ebpf uio.bpf=jit", "max"), ("uio.design=ebpf uio.bpf=jit", "max,pku=off"),
  ]

  @Test(arguments: machines) func programsRunAndBadOnesAreContained(words: String, cpu: String) throws {
    guard let guest = try QEMUGuest(.ushellmpkBPF, words, cpu: cpu) else { return }
    #expect(guest.untilPrompt() == "")
    #expect(guest.type("bpf_exec hello.bpf.o") == "Hello, BPF!\nprogram returned 0\n")
    #expect(guest.type("bpf_exec zerodiv.bpf.o") == "program returned 0\n")
    let hostile = [
      ("oob2", "instruction 0: invalid read of 4 bytes at 0x"), ("loop", "instruction budget exhausted"),
      ("bad-argument", "helper 7: pointer argument outside the program's memory"),
      ("unknown-helper", "helper 99: unknown helper"), ("null-value", "invalid read of 8 bytes at 0x0"),
    ]
    for (name, reason) in hostile {
      let answer = guest.type("bpf_exec \(name).bpf.o")
      #expect(answer.hasPrefix("contained: \(name).bpf.o: instruction ") && answer.contains(reason), "\(answer)")
    }
    let before = try #require(guest.numbers.last)
    #expect(guest.applicationPasses(before) != nil)
  }

  @Test(arguments: ["max", "max,pku=off"]) func theVerifierRefusesWhatMayGoWrong(cpu: String) throws {
    guard let guest = try QEMUGuest(.ushellmpkBPF, "uio.design=ebpf-verified", cpu: cpu) else { return }
    #expect(guest.untilPrompt() == "")
    #expect(guest.type("bpf_exec hello.bpf.o") == "Hello, BPF!\nprogram returned 0\n")
    let hostile = [
      ("oob2", "invalid bpf_context access (read) off=4000 size=4\n0: R1=ctx R2=128 R10=fp0\n"),
      ("loop", "infinite loop detected"), ("bad-argument", "R1 type=scalar expected=fp"),
      ("pointer-leak", "R3 type=ctx expected=scalar"), ("uninitialised-stack", "invalid read from uninitialised stack"),
      ("zerodiv-constant", "div by zero"),
    ]
    for (name, reason) in hostile {
      let answer = guest.type("bpf_exec \(name).bpf.o")
      #expect(
        answer.hasPrefix("bpf_exec: \(name).bpf.o: refused by the verifier: instruction ") && answer.contains(reason),
        "\(answer)")
    }
    #expect(guest.type("run hello.o") == "run: hello.o: the design takes BPF programs only\n")
  }

  /// The numbers that the application prints tell how often it called `set_count`.
  @Test(arguments: [("max", "set_count", "nop"), ("max,pku=off", "set_count", "nop"), ("max", "memcpy", "breakpoint")])
  func callsAreCountedUntilItIsDetached(cpu: String, function: String, means: String) throws {
    guard let guest = try QEMUGuest(.ushellmpkBPF, "uio.design=ebpf", cpu: cpu) else { return }
    _ = guest.untilPrompt()
    let address = guest.type("bpf_get_addr \(function)").trimmingCharacters(in: .whitespacesAndNewlines)
    let entry = guest.type("bpf_probe_read \(address) 8")
    let attached = guest.type("bpf_attach \(function) count.bpf.o")
    #expect(attached == "count.bpf.o attached to \(function) (\(address)) by \(means)\n")
    let changed = guest.type("bpf_probe_read \(address) 8")
    #expect(changed != entry && changed.hasSuffix(means == "nop" ? "e8\n" : "cc\n"))
    #expect(guest.applicationPasses((guest.numbers.last ?? 0) + 1) != nil)

    let listed = guest.type("bpf_list \(function)")
    let runs = try #require(listed.firstMatch(of: /(\d+) runs/).flatMap { UInt64($0.1) })
    #expect(runs >= 1)
    #expect(guest.type("bpf_detach \(function)") == "")
    #expect(guest.type("bpf_probe_read \(address) 8") == entry)
    let count = guest.type("bpf_exec get-count.bpf.o \(function)")
    #expect(guest.applicationPasses((guest.numbers.last ?? 0) + 1) != nil)
    #expect(guest.type("bpf_exec get-count.bpf.o \(function)") == count)
  }

  @Test(arguments: ["", "uio.design=ebpf-verified uio.bpf=jit"])
  func programsOfOneObjectShareItsMaps(words: String) throws {
    guard let guest = try QEMUGuest(.ushellmpkBPF, words) else { return }
    _ = guest.untilPrompt()
    #expect(guest.type("bpf_attach set_count histogram.bpf.o:histogram").contains("by nop"))
    // The application counts on from 0: no other call has this argument.
    #expect(guest.type("set_count 18446744073709551615") == "")
    #expect(guest.type("bpf_exec histogram.bpf.o:bucket 64") == "program returned 1\n")
    #expect(guest.type("bpf_exec histogram.bpf.o:bucket 40") == "program returned 0\n")
    // Attached twice it counts twice; the last to go takes the object with it, and its maps start anew.
    #expect(guest.type("bpf_attach set_count histogram.bpf.o:histogram").contains("by nop"))
    #expect(guest.type("set_count 18446744073709551615") == "")
    #expect(guest.type("bpf_exec histogram.bpf.o:bucket 64") == "program returned 3\n")
    #expect(guest.type("bpf_detach set_count") == "")
    #expect(guest.type("bpf_exec histogram.bpf.o:bucket 64") == "program returned 0\n")
    #expect(guest.type("bpf_attach set_count count.bpf.o").contains("by nop"))
    #expect(guest.type("bpf_exec hello.bpf.o") == "Hello, BPF!\nprogram returned 0\n")
    #expect(guest.type("set_count 7") == "")
    #expect(guest.type("bpf_exec get-count.bpf.o set_count") != "program returned 0\n")
  }

  @Test func anEngineThatDoesNotExistIsAPanic() throws {
    guard let guest = try QEMUGuest(.ushellmpkBPF, "uio.bpf=fast") else { return }
    #expect(guest.exitStatus() == 33)
    #expect(guest.serial.contains("panic: no such uio.bpf in thread count"))
  }

  @Test func recordsAreOnOrOff() throws {
    guard let guest = try QEMUGuest(.ushellmpkBPF, "uio.call-records=no") else { return }
    #expect(guest.exitStatus() == 33)
    #expect(guest.serial.contains("panic: uio.call-records is neither on nor off in thread count"))
  }

  @Test func aFaultAtATracedFunctionEndsTheProgramAndNotTheCall() throws {
    guard let guest = try QEMUGuest(.ushellmpkBPF) else { return }
    _ = guest.untilPrompt()
    #expect(guest.type("bpf_attach get_count oob2.bpf.o").contains("by nop"))
    #expect(guest.type("bpf_attach get_count count.bpf.o").contains("by nop"))
    let before = guest.numbers.last ?? 0
    #expect(guest.applicationPasses(before + 1) != nil)
    let list = guest.type("bpf_list")
    #expect(list.contains("contained: oob2.bpf.o: instruction 0: invalid read of 4 bytes"), "\(list)")
    #expect(list.contains("oob2.bpf.o, 1 runs, stopped by a fault"), "\(list)")
    #expect(guest.type("bpf_detach get_count") == "")
  }

  @Test func commandsAnswerMistakes() throws {
    guard let guest = try QEMUGuest(.ushellmpkBPF) else { return }
    _ = guest.untilPrompt()
    let cases: [(line: String, answer: String)] = [
      ("bpf_exec", "usage: bpf_exec FILE[:PROGRAM] [ARG]\n"),
      ("bpf_exec a b c", "usage: bpf_exec FILE[:PROGRAM] [ARG]\n"),
      ("bpf_exec absent.bin", "bpf_exec: absent.bin: no such file or directory\n"),
      ("bpf_exec hello.o", "bpf_exec: hello.o: not an object for the BPF machine\n"),
      ("bpf_exec text", "bpf_exec: text: instruction 2: the length is not a multiple of 8 bytes\n"),
      ("bpf_exec count.bpf.o:other", "bpf_exec: count.bpf.o:other: no such program in the object\n"),
      ("bpf_exec hello.bpf.o \(String(repeating: "x", count: 120))", "too long (at most 119 bytes)\n"),
      ("bpf_attach set_count", "usage: bpf_attach FUNCTION FILE[:PROGRAM]\n"),
      ("bpf_attach nothing count.bpf.o", "bpf_attach: nothing: no such function\n"),
      ("bpf_attach count count.bpf.o", "bpf_attach: count: no such function\n"),
      (
        "bpf_attach probe_trampoline count.bpf.o",
        "bpf_attach: probe_trampoline: belongs to what tracing itself needs\n"
      ),
      ("bpf_detach set_count", "bpf_detach: set_count: nothing is attached\n"),
      ("bpf_list set_count", "bpf_list: set_count: nothing is attached\n"), ("bpf_list", ""),
      ("bpf_map_put 1 0x2 3", ""), ("bpf_map_get 1 2", "3\n"), ("bpf_map_get 2 1", "18446744073709551615\n"),
      ("bpf_map_get one 2", "bpf_map_get: one: not a number\n"), ("bpf_map_put 1 2", "usage: bpf_map_put K1 K2 V\n"),
      ("bpf_map_put 1 2 18446744073709551616", "bpf_map_put: 18446744073709551616: not a number\n"),
      ("bpf_get_addr nothing", "bpf_get_addr: nothing: no such symbol\n"),
      ("bpf_get_ret_addr get_count", "bpf_get_ret_addr: get_count: no call of it is active\n"),
      ("bpf_probe_read 0 8", "bpf_probe_read: 0: cannot be read\n"),
      ("bpf_probe_read 0xfee00020 4", "bpf_probe_read: 0xfee00020: cannot be read\n"),
      ("bpf_probe_read 0xffffffffffffffff 8", "bpf_probe_read: 0xffffffffffffffff: cannot be read\n"),
      ("bpf_probe_read 0x100000 3", "bpf_probe_read: 3: not a size (1, 2, 4 or 8)\n"),
      ("bpf_time_get_ns 1", "usage: bpf_time_get_ns\n"),
    ]
    for (line, answer) in cases { #expect(guest.type(line).hasSuffix(answer), "\(line)") }
    #expect(guest.type("bpf-helper-info").contains("5 probe_read(address, size)"))
    #expect(UInt64(guest.type("bpf_time_get_ns").dropLast()) != nil)
  }
}
