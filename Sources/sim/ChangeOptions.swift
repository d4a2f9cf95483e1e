import ArgumentParser
import Scenarios

/// What a command puts into a scenario before it is read: the result is that of a file which says so itself.
struct ChangeOptions: ParsableArguments {
  @Option(help: "The isolation design, instead of the scenario's.")
  var design: GuestSpecification.Design?

  @Option(help: "How the guest executes BPF programs, instead of the scenario's choice.")
  var bpf: GuestSpecification.BPFEngine?

  @Option(
    help: ArgumentHelp(
      "Put a value into the scenario, at a JSON pointer (RFC 6901); may be given several times.",
      discussion: """
        The value is JSON, or text without quotes; "-" for an index adds to a list:
        --set /budget/time=2s --set /machine/memoryMiB=128 --set '/script/-={"wait": "1s"}'
        """, valueName: "pointer=value"))
  var set: [String] = []

  func validate() throws {
    _ = try changes
  }

  var isEmpty: Bool { design == nil && bpf == nil && set.isEmpty }

  /// In the order in which they are made.
  var changes: [ScenarioChange] {
    get throws {
      var changes: [ScenarioChange] = []
      for text in set {
        do throws(JSONPointer.SyntaxError) { changes.append(try ScenarioChange(text)) } catch {
          throw ValidationError("--set \(text): \(error.problem); \(error.remedy)")
        }
      }
      if let design { changes.append(try .init(JSONPointer("/guest/design"), to: design.rawValue, title: "--design")) }
      if let bpf { changes.append(try .init(JSONPointer("/guest/bpf"), to: bpf.rawValue, title: "--bpf")) }
      return changes
    }
  }
}

extension GuestSpecification.BPFEngine: ExpressibleByArgument {}
extension GuestSpecification.Design: ExpressibleByArgument {}
