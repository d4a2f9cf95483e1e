extension RunInputs {
  /// The inputs of another scenario with the same guest, whose image is not read again.
  package func sibling(_ file: ScenarioFile, products: BuildProducts) throws(ScenarioProblems) -> RunInputs {
    precondition(file.scenario.guest == scenario.guest && file.scenario.machine == scenario.machine, "another guest")
    var inputs = self
    (inputs.path, inputs.text, inputs.scenario) = (file.path, file.text, file.scenario)
    inputs.shareItems = try ShareFiles(file: file, products: products).items()
    return inputs
  }
}
