import EBPFEngine
import Scenarios
import SimCPU
import SimEvents
import SimMachine

/// Finds where the interpreter has the code of a BPF program: the guest tells where a program's memory is, and the code is found there by
/// what the program's file says. A micro-operation has 16 bytes: code, destination, source, detail, four bytes that a run may change, and
/// the immediate (Sources/EBPFEngine/Interpreter).
enum ProgramSurvey {
  static let operationBytes: UInt64 = 16

  /// - Parameters:
  ///   - name: of a file of the share, and with a colon one of its programs.
  ///   - instruction: where the window begins.
  /// - Throws: ``CampaignError`` for a program that is not there.
  static func code(
    of name: String, _ prepared: PreparedRun, before instruction: UInt64, engine: EngineMaker
  ) throws -> Range<UInt64> {
    let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
    let file = parts.first ?? ""
    let program = try program(file, parts.count > 1 ? parts[1] : nil, prepared)
    let run = ScenarioRun(prepared, on: SimulatedMachineMaker(engine: .unicorn, engine))
    let loads = LoadRecorder(file)
    var (memory, found): ((base: UInt64, size: UInt64)?, [UInt64]) = (nil, [])
    run.appoint(at: .instruction(instruction)) { machine in
      memory = loads.place
      guard let place = loads.place, place.size <= 1 << 26,
        let bytes = machine.readMemory(at: place.base, count: Int(place.size))
      else { return nil }
      // Its memory keeps what the translation has left behind as well; the interpreter reads the code itself.
      for offset in find(program, in: bytes) {
        let address = place.base + UInt64(offset)
        _ = try? machine.appoint(at: .watch(MemoryWatch(.read, at: address, count: 1), hit: 1)) { _ in
          // Whoever loads the program again copies it.
          if loads.place != nil { found.append(address) }
          return nil
        }
      }
      return nil
    }
    _ = try run.run(observers: [loads])
    guard memory != nil else {
      throw CampaignError(
        "the guest has not loaded the program \"\(name)\" where the window begins; begin it with {\"enter\": \"extension\"}"
      )
    }
    guard found.count == 1 else {
      throw CampaignError(
        "the interpreter reads the code of \"\(name)\" at \(found.count) places of the program's memory, and must at one: is it "
          + "run in the window, and is the guest's \"bpf\" the interpreter?")
    }
    return found[0]..<found[0] + UInt64(program.instructions.count) * operationBytes
  }

  private static func program(_ file: String, _ name: String?, _ prepared: PreparedRun) throws(CampaignError) -> Program
  {
    guard let bytes = prepared.inputs.file(named: file) else {
      throw CampaignError("the scenario's share has no file \"\(file)\"")
    }
    do {
      guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46] as [UInt8]) else { return try Program(bytes: bytes) }
      if let entry = try ProgramObject(bytes: bytes).program(named: name.map { Array($0.utf8) }) {
        return entry.program
      }
    } catch { throw CampaignError("the file \"\(file)\" is no BPF program: \(error)") }
    throw CampaignError("the file \"\(file)\" has no program\(name.map { " \"\($0)\"" } ?? "")")
  }

  // MARK: Search

  /// Offsets in `memory` at which the program's code lies.
  static func find(_ program: Program, in memory: [UInt8]) -> [Int] {
    let patterns = program.instructions.map(pattern)
    let count = patterns.count * Int(operationBytes)
    guard count > 0, count <= memory.count else { return [] }
    return stride(from: 0, through: memory.count - count, by: Int(operationBytes)).filter { start in
      patterns.indices.allSatisfy { index in
        let at = start + index * Int(operationBytes)
        return patterns[index].allSatisfy { memory[at + $0.key] == $0.value }
      }
    }
  }

  /// The bytes of a micro-operation that follow from its instruction.
  private static func pattern(_ instruction: Instruction) -> [Int: UInt8] {
    switch instruction.operation {
    case .arithmetic(let operation, let width, let register, let operand):
      return known(operation.rawValue * 4, width, register, operand)
    case .branch(let condition, let width, let register, let operand, _):
      // Branches follow the fourteen groups of arithmetic.
      let first = UInt8(ArithmeticOperation.allCases.count) * 4
      return known(first + condition.rawValue * 4, width, register, operand)
    case .negate(_, let register), .byteOrder(_, _, let register), .callRegister(let register):
      return [1: register.index]
    case .moveSignExtended(_, _, let register, let source): return [1: register.index, 2: source.index]
    case .loadWide(let register, .constant(let value)): return [1: register.index].with(value)
    case .loadWide(let register, _): return [1: register.index]
    case .load(_, _, let register, let base, let offset), .loadAcquire(_, let register, let base, let offset):
      return [1: register.index, 2: base.index].with(UInt64(bitPattern: Int64(offset)))
    case .store(_, let base, let offset, .register(let source)), .atomic(_, _, let base, let offset, let source),
      .storeRelease(_, let base, let offset, let source):
      return [1: base.index, 2: source.index].with(UInt64(bitPattern: Int64(offset)))
    case .store(_, let base, let offset, .immediate(let value)):
      return [1: base.index].with(UInt64(bitPattern: Int64(offset) << 32 | Int64(UInt32(bitPattern: value))))
    case .loadPacket(_, let index, let offset): return [2: index?.index ?? 0].with(UInt64(bitPattern: Int64(offset)))
    case .callHelper(let number): return [1: 0, 2: 0].with(UInt64(bitPattern: Int64(number)))
    case .jump, .mayGoto, .callLocal, .exit: return [1: 0, 2: 0, 3: 0]
    }
  }

  private static func known(_ group: UInt8, _ width: Width, _ register: Register, _ operand: Operand) -> [Int: UInt8] {
    let code = width == .bits64 ? group : group + 2
    switch operand {
    case .register(let source): return [0: code + 1, 1: register.index, 2: source.index]
    // Distances of shifts are shortened.
    case .immediate: return [0: code, 1: register.index, 2: 0]
    }
  }
}

extension [Int: UInt8] {
  /// And the immediate.
  fileprivate func with(_ immediate: UInt64) -> [Int: UInt8] {
    var all = self
    for byte in 0..<8 { all[8 + byte] = UInt8(truncatingIfNeeded: immediate >> UInt64(8 * byte)) }
    return all
  }
}

/// Follows where the guest says that a program is.
private final class LoadRecorder: EventSink {
  private let name: String
  private(set) var place: (base: UInt64, size: UInt64)?
  let kinds = EventKinds([.guest])

  init(_ name: String) { self.name = name }

  func record(_ event: Event) {
    guard !event.actor.isExtension else { return }
    switch event.payload.guestRecord {
    case .loaded(name, let base, let size): place = (base, size)
    case .freed(name): place = nil
    default: break
    }
  }
}
