import EBPFEngine
import Foundation

/// `verify FILE [--section NAME] [--format text|json]`: every program of the file, as the guest would judge it when it
/// is loaded under the design `ebpf-verified`. `NAME` is a section, all of whose programs are verified, or a function.
enum VerifyCommand {
  static func run(_ arguments: [String]) throws(ToolError) -> CommandResult {
    let options = try Options(arguments, known: ["--section", "--format"])
    let format = options["--format"] ?? "text"
    guard ["text", "json"].contains(format) else { throw ToolError(message: "--format takes text or json") }
    let path = try options.file()
    let verdicts = try verdicts(path, section: options["--section"])
    let output: [UInt8]
    if format == "json" {
      output = try json(Report(file: path, programs: verdicts))
    } else {
      output = Array(verdicts.map(\.text).joined().utf8)
    }
    let isAccepted = verdicts.allSatisfy(\.accepted)
    return CommandResult(
      standardOutput: output, status: isAccepted ? ExitStatus.success : ExitStatus.refused)
  }

  private struct Report: Encodable {
    var file: String
    var programs: [Verdict]
  }

  private static func json(_ report: Report) throws(ToolError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do { return [UInt8](try encoder.encode(report)) + [UInt8(ascii: "\n")] } catch {
      throw ToolError(message: "the report cannot be written as JSON")
    }
  }

  private static func verdicts(_ path: String, section: String?) throws(ToolError) -> [Verdict] {
    let bytes = try ProgramFile.bytes(of: path)
    if ProgramFile.isObject(bytes) { return try verdicts(ofObject: bytes, path, section) }
    guard section == nil else { throw ToolError(message: "\(path): only ELF objects have sections") }
    if ProgramFile.isAssembly(path) { return [Verdict(try ProgramFile.assemble(bytes, path), .uio())] }
    do throws(DecodingError) { return [Verdict(try Program(bytes: bytes), .uio())] } catch {
      guard !error.reason.isOfWholeFile else { throw ToolError(message: "\(path): \(ProgramFile.whole(error.reason))") }
      return [Verdict(error.reason, at: error.slot)]
    }
  }

  private static func verdicts(
    ofObject bytes: [UInt8], _ path: String, _ name: String?
  ) throws(ToolError) -> [Verdict] {
    let object: ProgramObject
    do throws(ObjectError) { object = try ProgramObject(bytes: bytes) } catch {
      guard case .invalid(let reason) = error.reason, !reason.isOfWholeFile else {
        throw ToolError(message: "\(path): \(error)")
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
        throw ToolError(message: "\(path): \(ProgramFile.missing(name, in: object).message)")
      }
    }
    let environment = VerifierEnvironment.uio(maps: VerifierEnvironment.maps(of: object))
    return entries.map { entry in
      var verdict = Verdict(entry.program, environment)
      verdict.name = String(decoding: entry.name, as: UTF8.self)
      verdict.section = String(decoding: entry.section, as: UTF8.self)
      return verdict
    }
  }
}
