import Foundation

/// The simulator beside QEMU, on one kernel: medians of runs that took turns.
public struct Comparison: Sendable {
  public var kernel: Kernel
  public var instructions: UInt64
  public var simulatorSeconds: Double
  public var countingSeconds: Double
  public var plainSeconds: Double

  /// How many times as fast as QEMU with -icount the simulator is.
  public var ratioToCounting: Double { countingSeconds / simulatorSeconds }
  /// How many times as fast as QEMU without it.
  public var ratioToPlain: Double { plainSeconds / simulatorSeconds }
  public var simulatorMIPS: Double { Double(instructions) / simulatorSeconds / 1e6 }

  /// Runs `kernel` on all three, `rounds` times in turn.
  public static func measure(_ kernel: Kernel, folder: URL, rounds: Int) throws -> Comparison {
    var simulator: [Double] = []
    var counting: [Double] = []
    var plain: [Double] = []
    var instructions: UInt64 = 0
    for _ in 0..<max(1, rounds) {
      let run = try kernel.runOnSimulator(folder: folder)
      instructions = run.instructions ?? 0
      simulator.append(run.seconds)
      counting.append(try kernel.runOnQEMU(folder: folder, countsInstructions: true).seconds)
      plain.append(try kernel.runOnQEMU(folder: folder, countsInstructions: false).seconds)
    }
    return Comparison(
      kernel: kernel, instructions: instructions, simulatorSeconds: median(simulator),
      countingSeconds: median(counting), plainSeconds: median(plain))
  }

  /// The geometric mean of ratios.
  public static func geometricMean(_ ratios: [Double]) -> Double {
    ratios.isEmpty ? 0 : exp(ratios.map(log).reduce(0, +) / Double(ratios.count))
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
