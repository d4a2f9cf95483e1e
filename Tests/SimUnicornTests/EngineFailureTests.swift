import CUnicornSeams
import Glibc
import SimCPU
import SimMemory
import SimUnicorn
import Testing

/// What ends the process inside the library ends the run instead. Failures can be planted in debug builds only.
@Suite struct EngineFailureTests {
  private typealias Place = CPUBench.Place
  private static let port: UInt16 = 0x77

  /// Runs `code` with a failure planted, and returns why the engine stopped.
  private static func stop(_ failure: String, _ bench: CPUBench, _ code: Code...) -> EngineStop {
    bench.place(code.flatMap { $0 })
    seams_plant_failure(failure)
    defer { seams_plant_failure(nil) }
    return bench.run()
  }

  private static let translation = "translate:\(String(Place.code, radix: 16))"

  #if DEBUG
    @Test(arguments: [
      ("abort", "it aborted"), ("exit", "it wanted to end the process"),
      ("assert", "guard_planted.c:1: planted; an assertion failed"),
      ("fault", "it accessed memory that it does not have (SIGSEGV)"),
    ])
    func aFailureWhileABlockIsTranslatedNamesTheBlock(kind: String, words: String) throws {
      let bench = try CPUBench()
      let stop = Self.stop("\(kind):\(Self.translation)", bench, Asm.nop + Asm.ud2 + Asm.hlt)
      let place =
        "the guest is at 0x10000, in a block that was being translated, the bytes there are 90 0f 0b f4 00 00 00 00 00 "
        + "00 00 00 00 00 00 00"
      #expect(stop == .defect("libunicorn: \(words); \(place)"))
      #expect(bench.retired == 0 && bench.events.isEmpty)
    }

    @Test(arguments: ["abort", "exit", "assert", "fault"])
    func aFailureInAHelperNamesTheInstructionAndKeepsTheCount(kind: String) throws {
      let bench = try CPUBench()
      let stop = Self.stop("\(kind):port:77", bench, Asm.nop + Asm.nop + Asm.incRAX + Self.out + Asm.nop + Asm.hlt)
      guard case .defect(let problem) = stop else {
        Issue.record("\(stop)")
        return
      }
      #expect(problem.contains("the guest is at 0x10005, the bytes there are e6 77 90 f4 "), "\(problem)")
      #expect(bench.ports.map(\.address) == [UInt64(Self.port)])
      #expect(bench.retired == 3)
      #expect(bench.cpu.instructionPointer == Place.code + 5)
      #expect(bench.register(.rax) == 1)
    }

    @Test func aBrokenEngineIsNeverRunAgainAndOthersAreAsBefore() throws {
      var bench: CPUBench? = try CPUBench()
      let first = Self.stop("abort:\(Self.translation)", bench!, Asm.hlt)
      #expect(bench!.run() == first)
      bench!.change { $0.rip = Place.user }
      bench!.cpu.addBreakpoint(Place.user)
      bench!.cpu.removeBreakpoint(Place.user)
      bench!.place(Asm.nop, at: Place.code)
      #expect(bench!.run() == first)
      bench = nil
      let other = try CPUBench()
      other.place(Asm.nop + Asm.hlt)
      #expect(other.run() == .halt && other.retired == 2)
    }

    @Test func aMistakeInSwiftStillEndsTheProcess() async {
      await #expect(processExitsWith: .failure) {
        let bench = try CPUBench()
        bench.onAccess = { fatalError("a mistake of the simulator's own") }
        bench.place(Self.out)
        _ = bench.run()
      }
      await #expect(processExitsWith: .signal(SIGSEGV)) {
        let bench = try CPUBench()
        bench.onAccess = { UnsafeMutablePointer<Int>(bitPattern: 8)!.pointee = 0 }
        bench.place(Self.out)
        _ = bench.run()
      }
    }
  #endif

  /// The library wants a gigabyte of address space for its code, and ends the process where it gets none.
  @Test func aProcessorThatCannotBeMadeIsAnError() async {
    await #expect(processExitsWith: .success) {
      let memory = try GuestMemory(size: 1 << 20)
      let environment = try CPUBench()
      var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
      do throws(EngineUnavailable) {
        _ = try UnicornEngine(memory: memory, environment: environment, cpuid: CPUIDModel(clockHz: 1_000_000_000))
        exit(1)
      } catch {
        exit(error.isDefect && error.description.contains("Could not allocate") ? 0 : 2)
      }
    }
  }

  /// OUT imm8, AL.
  private static let out: Code = [0xe6, UInt8(port)]

  /// The handler's page is not there, and its stack is always the same: the processor would go on for ever.
  @Test func aHandlerThatCannotBeFetchedEndsAtTheHorizon() throws {
    let bench = try CPUBench()
    bench.handle(14, ist: 1, Asm.hlt)
    bench.put(Place.idt + 14 * 16, bench.memory.read64(Place.idt + 14 * 16)! & ~0xffff_0000_0000_ffff | 0x40 << 48)
    bench.place(Asm.nop + Asm.loadByte(Place.test))
    bench.onEvent = {
      guard bench.exceptions.count == 1000 else { return }
      bench.cpu.setHorizon(bench.retired)
    }
    #expect(bench.run() == .horizon)
    #expect(bench.exceptions.count == 1000 && bench.retired == 1)
    #expect(bench.exceptions.allSatisfy { $0.vector == 14 })
    #expect(bench.exceptions.last?.address == Place.test)
  }
}
