import EBPFEngine
import Foundation
import Processes

/// PREVAIL, another verifier, on the objects that the user names: a process for each program, by its processor time,
/// beside this verifier in the same turn.
struct OtherVerifier {
  /// Path of PREVAIL's `check`.
  let path: String

  /// - Parameter objects: ELF objects whose programs both judge.
  func run(_ objects: [String]) throws {
    for object in objects {
      guard let data = FileManager.default.contents(atPath: object) else {
        throw BenchError.fault("\(object) cannot be read")
      }
      let parsed: ProgramObject
      do { parsed = try ProgramObject(bytes: [UInt8](data)) } catch { throw BenchError.fault("\(object): \(error)") }
      let maps = VerifierEnvironment.maps(of: parsed)
      for entry in parsed.programs {
        let isAlone = parsed.programs.filter { $0.section == entry.section }.count == 1
        try judge(entry, object, maps, isAlone: isAlone)
      }
    }
  }

  /// - Parameter isAlone: whether its section has no other program: then the section names it, as PREVAIL calls programs
  ///   by other names than their functions' in some objects.
  private func judge(
    _ entry: ProgramObject.Entry, _ object: String, _ maps: [VerifierEnvironment.Map], isAlone: Bool
  ) throws {
    let section = String(decoding: entry.section, as: UTF8.self)
    let name = String(decoding: entry.name, as: UTF8.self)
    let environment = ProgramType.ofSection(section).environment(maps: maps)
    var (own, other) = (Double.infinity, Double.infinity)
    var verdicts = (own: "", other: "")
    for _ in 0..<3 {
      let start = processorTime()
      do throws(Refusal) {
        _ = try Verifier.verify(entry.program, environment)
        verdicts.own = "accepted"
      } catch { verdicts.own = "refused" }
      own = min(own, processorTime() - start)
      let before = childrenTime()
      let (_, exitCode) = try ChildProcess.run(URL(fileURLWithPath: path), [object, section] + (isAlone ? [] : [name]))
      other = min(other, childrenTime() - before)
      verdicts.other = exitCode == 0 ? "accepted" : "refused"
    }
    print(
      "verifier: \(name) (section \(section)), \(entry.program.slotCount) slots: \(verdicts.own) in",
      "\(text(own / 1e6, 2)) ms; PREVAIL: \(verdicts.other) in \(text(other / 1e6, 2)) ms, reading the file included")
  }

  /// Nanoseconds of processor time that ended children took.
  private func childrenTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    func nanoseconds(_ time: timeval) -> Double { Double(time.tv_sec) * 1e9 + Double(time.tv_usec) * 1e3 }
    return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime)
  }
}
