import EBPFEngine

/// How programs are judged.
public struct VerifyOptions: Sendable {
  /// A section, all of whose programs are verified, or a function; nil: all.
  public var section: String?
  /// What the programs are taken for.
  public var context = ContextChoice.uio
  /// How much work a verdict may take.
  public var limits = LimitSet.guest
  /// File with the types of the target, for objects that have to be relocated against them.
  public var types: String?
  /// Every instruction that is explored is shown before the verdict, with what is known before it.
  public var isLogged = false
  /// The verdicts come as one JSON object.
  public var isJSON = false

  public init(
    section: String? = nil, context: ContextChoice = .uio, limits: LimitSet = .guest, types: String? = nil,
    isLogged: Bool = false, isJSON: Bool = false
  ) {
    (self.section, self.context, self.limits, self.types) = (section, context, limits, types)
    (self.isLogged, self.isJSON) = (isLogged, isJSON)
  }
}

extension BPFTool {
  /// Judges every program of a file: as the guest would when it is loaded under the design `ebpf-verified`, unless the
  /// options say otherwise.
  public static func verify(_ file: String, _ options: VerifyOptions = VerifyOptions()) throws(ToolError)
    -> CommandResult
  {
    let verdicts = try verdicts(file, options)
    let report = Report(file: file, limits: options.limits, programs: verdicts)
    let output = options.isJSON ? try encode(report) : Array(verdicts.map(\.text).joined().utf8)
    let isAccepted = verdicts.allSatisfy(\.accepted)
    return CommandResult(
      standardOutput: output, status: isAccepted ? ExitStatus.success : ExitStatus.refused)
  }

  private struct Report: Encodable {
    var file: String
    var limits: LimitSet
    var programs: [Verdict]
  }

  private static func verdicts(_ path: String, _ options: VerifyOptions) throws(ToolError) -> [Verdict] {
    let bytes = try ProgramFile.bytes(of: path)
    if ProgramFile.isObject(bytes) { return try verdicts(ofObject: bytes, path, options) }
    guard options.section == nil else { throw ProgramFile.withoutSections(path) }
    guard options.types == nil else {
      throw ToolError(file: path, message: "only ELF objects have types; leave out --btf")
    }
    let type = options.context.type(ofSection: nil)
    let environment = environment(type, maps: [], options)
    if ProgramFile.isAssembly(path) {
      return [verdict(try ProgramFile.assemble(bytes, path), environment, type, options)]
    }
    do throws(DecodingError) { return [verdict(try Program(bytes: bytes), environment, type, options)] } catch {
      guard !error.reason.isOfWholeFile else { throw ToolError(file: path, message: ProgramFile.whole(error.reason)) }
      return [Verdict(error.reason, at: error.slot)]
    }
  }

  private static func environment(
    _ type: ProgramType, maps: [VerifierEnvironment.Map], _ options: VerifyOptions
  ) -> VerifierEnvironment {
    var environment = type.environment(maps: maps)
    environment.limits = options.limits.limits
    return environment
  }

  private static func verdict(
    _ program: Program, _ environment: VerifierEnvironment, _ type: ProgramType, _ options: VerifyOptions,
    lines: SourceLines = SourceLines()
  ) -> Verdict {
    var verdict = Verdict(program, environment, lines: lines, isLogged: options.isLogged)
    if !type.isOfUIO { verdict.context = type.name }
    return verdict
  }

  private static func verdicts(
    ofObject bytes: [UInt8], _ path: String, _ options: VerifyOptions
  ) throws(ToolError) -> [Verdict] {
    let object: ProgramObject
    let bytes = try ProgramFile.relocate(bytes, against: options.types)
    do throws(ObjectError) { object = try ProgramObject(reading: bytes) } catch {
      throw ToolError(file: path, message: "\(error)")
    }
    var entries = object.programs
    var failures = object.failures
    if let name = options.section {
      let wanted = Array(name.utf8)
      let isSection = (entries.map(\.section) + failures.map(\.section)).contains(wanted)
      entries = entries.filter { (isSection ? $0.section : $0.name) == wanted }
      failures = failures.filter { (isSection ? $0.section : $0.name) == wanted }
      guard !entries.isEmpty || !failures.isEmpty else { throw ProgramFile.missing(name, in: object).about(path) }
    }
    let maps = VerifierEnvironment.maps(of: object)
    let verdicts = entries.map { entry in
      let type = options.context.type(ofSection: entry.section)
      var verdict = verdict(
        entry.program, environment(type, maps: maps, options), type, options, lines: entry.lines)
      verdict.name = String(decoding: entry.name, as: UTF8.self)
      verdict.section = String(decoding: entry.section, as: UTF8.self)
      return verdict
    }
    return verdicts + failures.map(Verdict.init)
  }
}
