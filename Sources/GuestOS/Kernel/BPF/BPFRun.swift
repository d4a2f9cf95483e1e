import EBPFEngine
import GuestBoot

/// What the overlay's side of a run needs, in the overlay's memory.
struct BPFRun {
  /// Only this is looked at from the unikernel's side: plain numbers.
  var outcome = bpf_outcome()
  let executable: Executable
  let space: EBPFEngine.AddressSpace
  let maps: MapSet
  /// Not counted: the objects of other arenas are never released.
  let pairs: Unmanaged<PairMap>
  /// The program as machine code, where ``BPFRuntime/translates``.
  var native: NativeProgram?
  /// r1 to r5 at the start.
  let arguments: HelperArguments
  /// In instructions.
  let budget: UInt64
  /// Those that may take over from it.
  let siblings: SiblingPrograms
}

/// The programs of an object that others of it may call at their end, by their numbers: addresses in the overlay's memory,
/// which only the overlay's side follows.
struct SiblingPrograms {
  var runs: UnsafeMutablePointer<UnsafeMutablePointer<BPFRun>?>?
  var count = 0

  static var none: SiblingPrograms { SiblingPrograms() }

  subscript(number: Int) -> UnsafeMutablePointer<BPFRun>? {
    number >= 0 && number < count ? runs.flatMap { $0[number] } : nil
  }
}

/// The overlay's side of a run: called by `overlay_enter` with the overlay's PKRU, on the overlay's stack. It changes
/// nothing but the overlay's memory.
@_cdecl("bpf_program_main")
func bpfProgramMain(_ address: UInt64) {
  guard let first = UnsafeMutablePointer<BPFRun>(bitPattern: UInt(address)) else { return }
  var run = first
  var budget = first.pointee.budget
  var tailCalls = 0
  while true {
    var helpers = OverlayHelpers(
      maps: run.pointee.maps, pairs: run.pointee.pairs, siblings: run.pointee.siblings,
      allowsTailCalls: tailCalls < TailCall.maximumCount)
    let result = execute(run, budget, &helpers)
    run.pointee.maps.endRun()
    guard case .fault(let fault) = result.outcome, case .helper(_, .tailCall) = fault.kind, let next = helpers.next
    else {
      first.pointee.outcome = bpf_outcome(result.outcome)
      return
    }
    handOver(from: run, to: next)
    run = next
    tailCalls &+= 1
    // The call itself was not counted.
    budget &-= min(budget, result.instructionCount &+ 1)
  }
}

/// Gives a program the context of the one that it takes over from.
private func handOver(from old: UnsafeMutablePointer<BPFRun>, to new: UnsafeMutablePointer<BPFRun>) {
  let size = ProgramContext.size
  guard old != new,
    let from = old.pointee.space.pointer(to: old.pointee.arguments.r1, size: size, rights: .read),
    let to = new.pointee.space.pointer(to: new.pointee.arguments.r1, size: size, rights: .write)
  else { return }
  to.copyMemory(from: from, byteCount: size)
}

private func execute(
  _ run: UnsafeMutablePointer<BPFRun>, _ budget: UInt64, _ helpers: inout OverlayHelpers
) -> RunResult {
  let arguments = run.pointee.arguments
  if let native = run.pointee.native {
    return withUnsafeMutablePointer(to: &helpers) { helpers in
      let thunk = HelperThunk({ OverlayHelpers.serve($0, $1, $2, $3, $4, $5) }, context: helpers)
      return native.run(arguments: arguments, budget: budget, helpers: thunk)
    }
  }
  return Interpreter.run(
    run.pointee.executable, in: run.pointee.space, arguments: arguments, budget: budget, helpers: &helpers)
}

/// Helpers as programs call them. What needs the overlay's memory only is done here, with no right that a program has
/// not; the rest goes through the gate, to ``BPFHelpers``.
struct OverlayHelpers: HelperHost {
  let maps: MapSet
  let pairs: Unmanaged<PairMap>
  let siblings: SiblingPrograms
  let allowsTailCalls: Bool
  /// The program that takes over.
  private(set) var next: UnsafeMutablePointer<BPFRun>?

  init(maps: MapSet, pairs: Unmanaged<PairMap>, siblings: SiblingPrograms, allowsTailCalls: Bool) {
    self.maps = maps
    self.pairs = pairs
    self.siblings = siblings
    self.allowsTailCalls = allowsTailCalls
  }

  static var textMax: Int { HelperSignature.maximumStringSize }

  mutating func call(
    _ number: Int32, _ arguments: HelperArguments, memory: EBPFEngine.AddressSpace
  ) throws(HelperFault) -> UInt64 {
    let (r1, r2) = (arguments.r1, arguments.r2)
    switch number {
    case 1: return pairs._withUnsafeGuaranteedRef { $0.get(r1, r2) }
    case 2: return pairs._withUnsafeGuaranteedRef { $0.put(r1, r2, arguments.r3) ? 0 : PairMap.missing }
    case 3: return pairs._withUnsafeGuaranteedRef { $0.remove(r1, r2) ? 0 : PairMap.missing }
    case 4, 7, 9:
      guard let text = memory.string(at: r1, limit: Self.textMax), let start = text.baseAddress else {
        throw .badPointer
      }
      return try gate(number, UInt64(UInt(bitPattern: start)), UInt64(text.count))
    case 5, 6, 8, 10: return try gate(number, r1, r2)
    case TailCall.number:
      guard let program = try maps.program(arguments), allowsTailCalls, let run = siblings[program] else {
        return TailCall.failed
      }
      next = run
      throw .tailCall
    default:
      guard let result = try maps.call(number, arguments) else { throw .unknownHelper }
      return result
    }
  }

  private func gate(_ number: Int32, _ first: UInt64, _ second: UInt64) throws(HelperFault) -> UInt64 {
    var call = bpf_helper_call(first: first, second: second, result: 0, number: number, fault: 0)
    bpf_helper(&call)
    guard call.fault == 0 else { throw HelperFault(rawValue: UInt8(call.fault & 0xff) &- 1) ?? .badArgument }
    return call.result
  }
}

// The end of a run as plain numbers, which anything may have overwritten before the unikernel reads them.

extension bpf_outcome {
  private enum Kind: UInt64 {
    case returned, read, write, budgetExhausted, callDepth, helper, addressSpaceInUse
  }

  init(_ outcome: RunResult.Outcome) {
    self.init()
    switch outcome {
    case .returned(let value):
      kind = Kind.returned.rawValue
      number = value
    case .fault(let fault):
      slot = UInt64(bitPattern: Int64(fault.slot))
      let kind: Kind
      switch fault.kind {
      case .read(let address, let size): (kind, number, detail) = (.read, address, UInt64(size))
      case .write(let address, let size): (kind, number, detail) = (.write, address, UInt64(size))
      case .budgetExhausted: kind = .budgetExhausted
      case .callDepth: kind = .callDepth
      case .helper(let helper, let fault):
        (kind, number, detail) = (.helper, UInt64(bitPattern: helper), UInt64(fault.rawValue))
      case .addressSpaceInUse: kind = .addressSpaceInUse
      }
      self.kind = kind.rawValue
    }
  }

  var outcome: RunResult.Outcome {
    let kind: Fault.Kind
    switch Kind(rawValue: self.kind) {
    case .returned, nil: return .returned(number)
    case .read: kind = .read(address: number, size: UInt8(truncatingIfNeeded: detail))
    case .write: kind = .write(address: number, size: UInt8(truncatingIfNeeded: detail))
    case .budgetExhausted: kind = .budgetExhausted
    case .callDepth: kind = .callDepth
    case .helper:
      let fault = HelperFault(rawValue: UInt8(truncatingIfNeeded: detail)) ?? .badArgument
      kind = .helper(number: Int64(bitPattern: number), fault)
    case .addressSpaceInUse: kind = .addressSpaceInUse
    }
    return .fault(Fault(slot: Int(Int64(bitPattern: slot)), kind: kind))
  }
}
