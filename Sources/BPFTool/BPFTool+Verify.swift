import EBPFEngine

extension BPFTool {
  /// Judges every program of a file, as the guest would when it is loaded under the design `ebpf-verified`.
  ///
  /// - Parameters:
  ///   - section: a section, all of whose programs are verified, or a function; nil: all.
  ///   - limits: how much work a verdict may take.
  ///   - isLogged: every instruction that is explored is shown before the verdict, with what is known before it.
  ///   - isJSON: the verdicts come as one JSON object.
  public static func verify(
    _ file: String, section: String? = nil, limits: LimitSet = .guest, isLogged: Bool = false,
    isJSON: Bool = false
  ) throws(ToolError) -> CommandResult {
    var environment = VerifierEnvironment.uio()
    environment.limits = limits.limits
    let verdicts = try verdicts(file, section: section, environment, isLogged)
    let report = Report(file: file, limits: limits, programs: verdicts)
    let output = isJSON ? try encode(report) : Array(verdicts.map(\.text).joined().utf8)
    let isAccepted = verdicts.allSatisfy(\.accepted)
    return CommandResult(
      standardOutput: output, status: isAccepted ? ExitStatus.success : ExitStatus.refused)
  }

  private struct Report: Encodable {
    var file: String
    var limits: LimitSet
    var programs: [Verdict]
  }

  private static func verdicts(
    _ path: String, section: String?, _ environment: VerifierEnvironment, _ isLogged: Bool
  ) throws(ToolError) -> [Verdict] {
    let bytes = try ProgramFile.bytes(of: path)
    if ProgramFile.isObject(bytes) { return try verdicts(ofObject: bytes, path, section, environment, isLogged) }
    guard section == nil else { throw ProgramFile.withoutSections(path) }
    if ProgramFile.isAssembly(path) {
      return [Verdict(try ProgramFile.assemble(bytes, path), environment, isLogged: isLogged)]
    }
    do throws(DecodingError) { return [Verdict(try Program(bytes: bytes), environment, isLogged: isLogged)] } catch {
      guard !error.reason.isOfWholeFile else { throw ToolError(file: path, message: ProgramFile.whole(error.reason)) }
      return [Verdict(error.reason, at: error.slot)]
    }
  }

  private static func verdicts(
    ofObject bytes: [UInt8], _ path: String, _ name: String?, _ environment: VerifierEnvironment, _ isLogged: Bool
  ) throws(ToolError) -> [Verdict] {
    let object: ProgramObject
    do throws(ObjectError) { object = try ProgramObject(bytes: bytes) } catch {
      guard case .invalid(let reason) = error.reason, !reason.isOfWholeFile else {
        throw ToolError(file: path, message: "\(error)")
      }
      var verdict = Verdict(reason, at: error.place)
      verdict.name = String(decoding: error.name, as: UTF8.self)
      return [verdict]
    }
    var entries = object.programs
    if let name {
      let wanted = Array(name.utf8)
      entries = entries.filter { $0.section == wanted }
      if entries.isEmpty { entries = object.programs.filter { $0.name == wanted } }
      guard !entries.isEmpty else {
        throw ProgramFile.missing(name, in: object).about(path)
      }
    }
    var environment = environment
    environment.maps = VerifierEnvironment.maps(of: object)
    return entries.map { entry in
      var verdict = Verdict(entry.program, environment, isLogged: isLogged)
      verdict.name = String(decoding: entry.name, as: UTF8.self)
      verdict.section = String(decoding: entry.section, as: UTF8.self)
      return verdict
    }
  }
}
