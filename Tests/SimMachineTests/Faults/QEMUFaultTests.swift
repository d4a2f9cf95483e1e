import Foundation
import Hexadecimal
import SimCPU
import SimUnicorn
import Testing

@testable import SimMachine

private let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appending(path: "../../Scripts/gdb_faults.py").standardized

/// Whether there is a QEMU to ask.
private let qemuIsThere: Bool = {
  let found = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
    FileManager.default.isExecutableFile(atPath: "\($0)/qemu-system-x86_64")
  }
  if !found { print("faults are not compared with QEMU's: there is no qemu-system-x86_64") }
  return found
}()

/// The same faults done by hand in QEMU, through its gdb stub: bits of registers and of code inverted, instructions passed over. The
/// code is drawn; afterwards all registers must be equal.
@Suite struct QEMUFaultTests {
  private static let place: UInt64 = 0x60_0000
  private static let count = 60
  private static let runs = 120
  /// Of RFLAGS: carry, parity, zero, sign, overflow. The others are undefined behind some of the instructions.
  private static let flags: UInt64 = 0x8c5

  private struct Order: Encodable {
    var image: String
    var start: UInt64
    var code: String
    var place: UInt64
    var registers: [UInt64]
    var runs: [Run]
  }

  private struct Run: Encodable {
    var step: Int
    var steps: Int
    var fault: Fault
  }

  private struct Fault: Encodable {
    var register: Int?
    var mask: UInt64?
    var skip: Int?
    var address: UInt64?
  }

  /// Instructions of three bytes between two registers, or of one.
  private static func code(_ random: inout some RandomNumberGenerator) -> [UInt8] {
    var code: [UInt8] = []
    for _ in 0..<count {
      let modRM = 0xc0 | UInt8.random(in: 0..<64, using: &random)
      // add, or, adc, sbb, and, sub, xor, cmp, mov; not, neg; inc, dec.
      switch Int.random(in: 0..<11, using: &random) {
      case let operation where operation < 8: code += [0x48, UInt8(operation) << 3 | 1, modRM]
      case 8: code += [0x4d, 0x89, modRM]
      case 9: code += [0x48, 0xf7, 0xd0 | modRM & 15]
      default: code += [0x49, 0xff, 0xc0 | modRM & 15]
      }
    }
    return code
  }

  private static func fault(step: Int, _ random: inout some RandomNumberGenerator) -> Fault {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: Fault(skip: 3)
    case 1:
      // A bit that names a register of an instruction that is still to come; /0 to /3 of F7 and FF stay what they are.
      Fault(
        mask: 1 << UInt64.random(in: 0..<3, using: &random),
        address: place + 3 * UInt64(Int.random(in: step..<count, using: &random)) + 2)
    case 2: Fault(register: 17, mask: [1, 4, 0x40, 0x80, 0x800].randomElement(using: &random))
    default:
      Fault(
        register: Int.random(in: 0..<16, using: &random), mask: 1 << UInt64.random(in: 0..<64, using: &random))
    }
  }

  private static func ask(_ order: Order) throws -> [[UInt64]] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    input.fileHandleForWriting.write(try JSONEncoder().encode(order))
    try input.fileHandleForWriting.close()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try answer.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode([UInt64].self, from: $0) }
  }

  private static func effect(_ fault: Fault) -> FaultEffect {
    if fault.skip != nil { return .instruction(.skip) }
    if let address = fault.address { return .memory(address: address, .flip([UInt8(fault.mask ?? 0)])) }
    let name = fault.register == 17 ? "rflags" : RegisterFile.names[fault.register ?? 0]
    return .register(name, .flip(fault.mask ?? 0))
  }

  @Test(.enabled(if: qemuIsThere)) func theSameFaultsInQEMULeaveTheSameRegisters() throws {
    guard let subject = try Subject(), let image = Subject.image else { return }
    let start = try #require(image.symbol(named: "uio_guest_main")).address
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var random = RandomStream(seed: seed, name: "faults")
    let code = Self.code(&random)
    var registers = (0..<16).map { _ in random.next() }
    registers += [Self.place, 2]
    let runs = (0..<Self.runs).map { _ in
      let step = Int.random(in: 0..<Self.count, using: &random)
      let fault = Self.fault(step: step, &random)
      return Run(step: step, steps: fault.skip == nil ? Self.count : Self.count - 1, fault: fault)
    }
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../.build/images/uio-ushellmpk.elf").standardized.path
    let expected = try Self.ask(
      Order(
        image: path, start: start, code: code.map { $0.hexadecimalDigits(2) }.joined(), place: Self.place,
        registers: registers, runs: runs))
    try #require(expected.count == runs.count)

    try subject.machine.hold(at: .address(start, hit: 1))
    _ = subject.machine.run(until: .max)
    let base = try subject.machine.snapshot()
    let worker = ForkWorker(engine: .unicorn)
    var different = 0
    for (run, expected) in zip(runs, expected) {
      let machine = try worker.fork(base)
      _ = machine.run(until: machine.time)
      machine.put(code, into: [(Self.place, code.count)])
      let engine = try #require(machine.engine as? any RestorableEngine)
      var state = engine.state
      (state.general, state.rip, state.rflags) = (Array(registers[..<16]), registers[16], registers[17])
      machine.put(state, into: engine)
      let first = machine.instructions
      try machine.hold(at: .instruction(first + UInt64(run.step)))
      _ = machine.run(until: .max)
      machine.inject(Self.effect(run.fault)) { _, result in
        if case .failure(let missed) = result { Issue.record("\(missed)") }
      }
      try machine.hold(at: .instruction(first + UInt64(run.steps)))
      _ = machine.run(until: .max)
      let found = engine.state
      let all = found.general + [found.rip, found.rflags & Self.flags]
      if all != Array(expected[..<17]) + [expected[17] & Self.flags] {
        different += 1
        Issue.record("\(run): \(all.map(\.hexadecimal)), in QEMU \(expected.map(\.hexadecimal))")
      }
    }
    print("\(runs.count) faults, \(different) of them with other registers in QEMU")
  }
}
