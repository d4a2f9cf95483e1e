/// What an extension may not do, whatever it says of itself. docs/verdicts.md has an example for each.
public enum Rule: String, CaseIterable, Sendable {
  /// PKRU while an extension's code runs is one that the design gives.
  case rights = "I1"
  /// Guarded memory is stored to in a write window only.
  case stores = "I2"
  /// Control registers, debug registers, MSRs and the places of descriptor tables stay.
  case systemRegisters = "I3"
  /// Nothing is executed from a page that can be written.
  case writableCode = "I4"
  /// Page tables, descriptor tables and what the gates rely on stay, in a write window too.
  case tables = "I5"
  /// Devices are the unikernel's.
  case devices = "I6"
  /// A secret is read by nobody who serves an extension, and stands nowhere that an extension reaches.
  case secrets = "I7"
  /// The guest's variables are as the scenario expects.
  case values = "I8"
  /// The machine goes on, and so does the application.
  case availability = "I9"
  /// The next honest extension runs.
  case nextExtension = "I10"

  /// The rule in one line.
  public var text: String {
    switch self {
    case .rights: "the rights of an extension are those that the design gives"
    case .stores: "guarded memory is written in a window only"
    case .systemRegisters: "an extension changes no system register"
    case .writableCode: "nothing is executed that can be written"
    case .tables: "an extension changes no table of the processor and no data of the gates"
    case .devices: "an extension reaches no device"
    case .secrets: "a secret stays where it is"
    case .values: "variables have the values that are expected"
    case .availability: "the machine and the application go on"
    case .nextExtension: "the next extension runs"
    }
  }
}
