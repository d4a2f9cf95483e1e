import Benchmarks
import Foundation
import Testing

@Suite struct KernelTests {
  @Test func aKernelRunsToItsExitCodeAndIsCountedTheSameTwice() throws {
    let folder = URL(fileURLWithPath: ".build/benchmarks")
    guard FileManager.default.fileExists(atPath: folder.appending(path: Kernel.domainSwitch.fileName).path) else {
      print("skipped: the kernels are not built; Scripts/build-benchmarks makes them")
      return
    }
    let first = try Kernel.domainSwitch.runOnSimulator(folder: folder)
    let second = try Kernel.domainSwitch.runOnSimulator(folder: folder)
    #expect(first.instructions == second.instructions)
    #expect(try #require(first.instructions) > 2_000_000 * 8)
  }

  @Test func aMissingKernelIsAnErrorThatNamesTheMend() {
    #expect(throws: BenchmarkError.self) {
      try Kernel.alu.runOnSimulator(folder: URL(fileURLWithPath: "no/such/folder"))
    }
  }

  @Test func theGeometricMeanIsThatOfTheRatios() {
    #expect(abs(Comparison.geometricMean([2, 8]) - 4) < 1e-12)
    #expect(Comparison.geometricMean([]) == 0)
  }
}
