import ArgumentParser
import Engines
import Equivalence
import Scenarios

/// `--engine`, for the commands that can do without the simulator's exactness.
struct EngineOption: ParsableArguments {
  @Option(
    help: """
      What executes the guest: unicorn (the simulator), kvm (the host's processor), qemu-tcg or qemu-kvm. Only the \
      simulator is deterministic (docs/equivalence.md).
      """)
  var engine = EngineKind.unicorn

  func maker() throws -> any MachineMaker {
    do throws(MachineRefusal) {
      return try engine.maker
    } catch {
      throw CommandFailure(message: "engine \(engine.rawValue): \(error.problem)", remedy: error.remedy)
    }
  }
}

extension EngineKind: ExpressibleByArgument {}
