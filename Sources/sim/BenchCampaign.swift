import Benchmarks
import Campaigns
import Foundation
import Scenarios

/// The part of `sim bench` about campaigns.
struct BenchCampaign {
  static let name = "campaign"
  private static let measured = "speed"
  /// Campaigns of which the benchmark tells how many runs stand for how many samples.
  private static let pruned = ["register-flips", "gate-register-flips"]

  let products: BuildProducts
  let rounds: Int

  func measure(printing: Bool) throws -> [String: Any] {
    let root = products.images.deletingLastPathComponent().deletingLastPathComponent()
    func file(_ name: String) throws -> CampaignFile {
      try CampaignFile(path: root.appending(path: "campaigns/\(name).json").path)
    }
    let speed = try CampaignSpeed.measure(
      file(Self.measured), pruned: Self.pruned.map(file), products: products, rounds: rounds)
    let series = [("to the end", speed.toTheEnd), ("converging", speed.converging), ("all", speed.mixed)]
    if printing {
      StandardOutput.show("campaign        experiments   instructions each   a second   x whole runs on new machines")
      for (name, series) in series {
        StandardOutput.show(
          name.padding(toLength: 14, withPad: " ", startingAt: 0)
            + String(
              format: "%13d%20.0f%11.0f%31.1f", series.experiments, series.instructions, series.rate, series.ratio))
      }
      StandardOutput.show(
        String(
          format: "two workers: %.2f x one; %d MiB resident at most", speed.twoWorkers, speed.residentKiB / 1024))
      for pruning in speed.pruning {
        StandardOutput.show(
          "\(pruning.campaign): \(pruning.samples) samples in \(pruning.runs) runs, "
            + String(format: "%.1f times fewer", pruning.ratio))
      }
    }
    var report: [String: Any] = [
      "twoWorkers": speed.twoWorkers, "residentKiB": speed.residentKiB,
      "pruning": speed.pruning.map {
        ["campaign": $0.campaign, "samples": $0.samples, "runs": $0.runs, "ratio": $0.ratio] as [String: Any]
      },
    ]
    for (name, series) in zip(["toTheEnd", "converging", "all"], series.map(\.1)) {
      report[name] =
        [
          "experiments": series.experiments, "instructions": series.instructions, "rate": series.rate,
          "ratioToWholeRuns": series.ratio,
        ] as [String: Any]
    }
    return report
  }
}
