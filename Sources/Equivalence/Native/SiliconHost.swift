import CSilicon
import Scenarios

/// The host's own processor, in a child process.
final class SiliconHost {
  private let child: OpaquePointer
  /// Of the two keyed pages; 0 where the host gives programs no protection keys.
  let keys: [UInt32]

  static let casesMax = Int(SILICON_CASES)
  static let programsMax = Int(SILICON_PROGRAMS)
  static let memoriesMax = Int(SILICON_MEMORIES)

  /// - Throws: ``MachineRefusal`` where no child can run programs.
  init() throws(MachineRefusal) {
    var reason: UnsafePointer<CChar>?
    guard let started = silicon_start(&reason) else { throw Self.refusal(reason) }
    child = started
    keys = (0..<UInt32(SILICON_KEYED_PAGES)).map { silicon_key(started, $0) }
  }

  deinit { silicon_stop(child) }

  private static func refusal(_ reason: UnsafePointer<CChar>?) -> MachineRefusal {
    MachineRefusal(
      problem:
        "programs cannot run on this host's processor: \(reason.map { String(cString: $0) } ?? "no reason given")",
      remedy: "use Linux on x86-64, or compare with --lockstep and --pku")
  }

  var hasProtectionKeys: Bool { keys.allSatisfy { $0 != 0 } }
  /// Times that a program took the child with it.
  var restarts: UInt32 { silicon_restarts(child) }

  /// One of the features that CPUID announces.
  static func leaf(_ leaf: UInt32, _ subleaf: UInt32 = 0) -> (eax: UInt32, ebx: UInt32, ecx: UInt32, edx: UInt32) {
    var out: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &out) { place in
      silicon_cpuid(leaf, subleaf, place.bindMemory(to: UInt32.self).baseAddress)
    }
    return (out.0, out.1, out.2, out.3)
  }

  /// "GenuineIntel", "AuthenticAMD", or whatever the host says.
  static var vendor: String {
    let words = leaf(0)
    return [words.ebx, words.edx, words.ecx].map { word in
      String(decoding: (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }, as: UTF8.self)
    }.joined()
  }

  // MARK: A batch

  func setProgram(_ index: Int, _ page: [UInt8]) {
    silicon_program(child, UInt32(index)).update(from: page, count: min(page.count, Int(SILICON_PAGE)))
  }

  /// Contents to start from, to be filled in.
  func memory(_ index: Int) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: silicon_memory(child, UInt32(index)), count: NativePlace.writableBytes)
  }

  func setCase(_ index: Int, _ start: silicon_state, program: Int, memory: Int) {
    let place = silicon_case_at(child, UInt32(index))!
    place.pointee.start = start
    place.pointee.program = UInt32(program)
    place.pointee.memory = UInt32(memory)
  }

  /// Runs the first `count` cases.
  ///
  /// - Throws: ``MachineRefusal`` if the child died and no other can be started.
  func run(_ count: Int) throws(MachineRefusal) {
    silicon_submit(child, UInt32(count))
    var reason: UnsafePointer<CChar>?
    guard silicon_wait(child, &reason) else { throw Self.refusal(reason) }
  }

  func outcome(_ index: Int) -> NativeOutcome {
    let place = silicon_case_at(child, UInt32(index))!
    return NativeOutcome(state: place.pointee.final, end: place.pointee.end)
  }

  /// What the writable pages held at the end of a case.
  func finalMemory(_ index: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: silicon_final_memory(child, UInt32(index)), count: NativePlace.writableBytes)
  }
}
