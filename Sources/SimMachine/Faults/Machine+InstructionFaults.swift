import Hexadecimal
import SimCPU

/// Faults of the instruction that is next.
extension Machine {
  typealias FaultReport = (Machine, Result<Injection, FaultMissed>) -> Void

  /// The bytes of the instruction that is next, as far as memory has them: 15 at most.
  public var nextCode: [UInt8] {
    let pointer = engine.instructionPointer
    let first = min(15, 4096 - Int(pointer & 0xfff))
    var bytes = readMemory(at: pointer, count: first) ?? []
    if first < 15, !bytes.isEmpty { bytes += readMemory(at: pointer &+ UInt64(first), count: 15 - first) ?? [] }
    guard let length = (engine as? any ObservingEngine)?.decode(bytes)?.length else { return bytes }
    return Array(bytes.prefix(length))
  }

  /// An instruction taken apart as the processor would now; nil if the bytes are none.
  public func decode(_ code: [UInt8]) -> DecodedInstruction? { (engine as? any ObservingEngine)?.decode(code) }

  private func nextInstruction() throws(FaultMissed) -> (pointer: UInt64, code: [UInt8]) {
    let code = nextCode
    guard let decoder = engine as? any ObservingEngine, let next = decoder.decode(code) else {
      throw FaultMissed("there is no instruction at \(engine.instructionPointer.hexadecimal)")
    }
    return (engine.instructionPointer, Array(code.prefix(next.length)))
  }

  private func go(to pointer: UInt64) {
    var state = engine.state
    state.rip = pointer
    engine.state = state
  }

  func skipInstruction() throws(FaultMissed) -> Injection {
    let next = try nextInstruction()
    go(to: next.pointer &+ UInt64(next.code.count))
    return Injection(
      target: "instruction \(next.code.hexadecimal())", change: "skip", before: next.pointer.hexadecimal,
      after: engine.instructionPointer.hexadecimal)
  }

  /// Lets the instruction be executed, and then once more wherever it has led to.
  func repeatInstruction(_ happened: @escaping FaultReport) {
    let next: (pointer: UInt64, code: [UInt8])
    do throws(FaultMissed) { next = try nextInstruction() } catch { return happened(self, .failure(error)) }
    afterInstruction { machine in
      let led = machine.engine.instructionPointer
      // An iteration of a string instruction leaves it where it is: it is executed again by itself.
      machine.go(to: next.pointer)
      happened(
        machine,
        .success(
          Injection(
            target: "instruction \(next.code.hexadecimal())", change: "repeat", before: led.hexadecimal,
            after: machine.engine.instructionPointer.hexadecimal)))
    }
  }

  func replaceInstruction(_ bytes: [UInt8], _ happened: @escaping FaultReport) {
    do throws(FaultMissed) {
      let pointer = engine.instructionPointer
      guard let pieces = physicalPieces(at: pointer, count: bytes.count),
        let old = readMemory(at: pointer, count: bytes.count)
      else { throw FaultMissed("there is no code at \(pointer.hexadecimal)") }
      put(bytes, into: pieces)
      let found = readMemory(at: pointer, count: bytes.count) ?? []
      afterInstruction { machine in
        // The instruction may itself have written there.
        if machine.bytes(of: pieces) == bytes { machine.put(old, into: pieces) }
      }
      happened(
        self,
        .success(
          Injection(
            target: "instruction at \(pointer.hexadecimal)", change: "replace", before: old.hexadecimal(),
            after: found.hexadecimal())))
    } catch {
      happened(self, .failure(error))
    }
  }

  /// At once after the next instruction, or after the delivery of an interrupt or exception in its place.
  private func afterInstruction(_ look: @escaping (Machine) -> Void) {
    do {
      try appoint(at: .instruction(instructions &+ 1)) { machine in
        look(machine)
        return nil
      }
    } catch {
      preconditionFailure("instructions are always counted: \(error)")
    }
  }

  /// What RET would do at a function's first instruction.
  func returnFromFunction(_ value: UInt64) throws(FaultMissed) -> Injection {
    var state = engine.state
    guard state.segments[1].attributes & 1 << 21 != 0 else { throw FaultMissed("the code here is not of 64 bits") }
    let stack = state.general[4]
    guard let bytes = readMemory(at: stack, count: 8) else {
      throw FaultMissed("there is no return address at \(stack.hexadecimal)")
    }
    let old = state.rip
    state.rip = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    state.general[4] = stack &+ 8
    state.general[0] = value
    engine.state = state
    return Injection(
      target: "function at \(old.hexadecimal)", change: "return \(value.hexadecimal)", before: old.hexadecimal,
      after: engine.instructionPointer.hexadecimal)
  }
}
