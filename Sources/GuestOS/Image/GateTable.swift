/// What an image says of its own ways between unikernel and overlay: the section `.uio_gates`, which is never loaded, so that no
/// guest can change it (Boot/gatetable.h).
///
/// Addresses are those of the image, which is mapped where it is loaded.
public struct GateTable: Sendable {
  /// All of the image's code.
  public private(set) var text: Range<UInt64> = 0..<0
  /// The pages of the interrupts' entries and their common way out.
  public private(set) var interrupts: Range<UInt64> = 0..<0
  /// The pages of the gates, of the switch of threads and of the probes' entries.
  public private(set) var gates: Range<UInt64> = 0..<0
  /// The code of the application that is not the unikernel's.
  public private(set) var applicationText: Range<UInt64> = 0..<0
  /// The application's variables.
  public private(set) var applicationData: Range<UInt64> = 0..<0
  /// Where the unikernel puts copies of its own instructions.
  public private(set) var movedCode: [Range<UInt64>] = []
  /// What gates and handlers rely on.
  public private(set) var gateData: [Range<UInt64>] = []
  /// Where the unikernel enters an extension, and where that comes back to.
  public private(set) var enters: [(entry: UInt64, returnsTo: UInt64)] = []
  /// Where a handler returns to when an extension is to end.
  public private(set) var abort: UInt64 = 0
  /// The entries of gates that call a function, with the function and the place that it comes back to.
  public private(set) var functions: [(entry: UInt64, function: UInt64, returnsTo: UInt64)] = []
  /// The gate that opens an extension's right to write.
  public private(set) var opens: [UInt64] = []
  public private(set) var closes: [UInt64] = []
  /// Gates that change nothing.
  public private(set) var queries: [UInt64] = []
  /// What the common way of interrupts calls.
  public private(set) var handlerCalls: [UInt64] = []
  /// Where threads are switched: RSI is the new stack pointer, and six registers are pushed on the old stack.
  public private(set) var switches: [UInt64] = []

  /// Places that are entries wherever in them control arrives: at the first.
  public private(set) var windows: [Range<UInt64>] = []
  /// Ways out that check what they have set: whoever comes there has come to a gate that changes nothing.
  public private(set) var checked: [Range<UInt64>] = []
  /// Places from which a handler goes back to the first: what was begun there is begun again.
  public private(set) var restarts: [Range<UInt64>] = []
  /// What handlers call that tell themselves who comes by a way of their own, and where that comes back to; nil: they don't.
  public private(set) var checkedHandler: (function: UInt64, returnsTo: UInt64)?

  /// The first instructions of gates that extensions enter by INT3.
  public private(set) var interruptGates: [UInt64] = []

  /// The WRMSR instructions of gates and handlers, which change IA32_PKRS, or EFER: behind each is a check of what it has changed.
  public private(set) var registerWrites: [UInt64] = []

  private static let recordSize = 24

  /// Nil for an image without the section, with a kind that is not known, or with ranges that contradict each other: there is
  /// nothing to go by then.
  init?(_ section: ArraySlice<UInt8>) {
    guard !section.isEmpty, section.count % Self.recordSize == 0 else { return nil }
    func word(_ at: Int) -> UInt64 {
      section[at..<at + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    for at in stride(from: section.startIndex, to: section.endIndex, by: Self.recordSize) {
      let (first, second) = (word(at + 8), word(at + 16))
      switch word(at) {
      case 4: enters.append((first, second))
      case 5: abort = first
      case 6: functions.append((first, second, 0))
      case 7:
        guard let index = functions.firstIndex(where: { $0.entry == first }) else { return nil }
        functions[index].returnsTo = second
      case 8: opens.append(first)
      case 9: closes.append(first)
      case 10: queries.append(first)
      case 11: handlerCalls.append(first)
      case 12: switches.append(first)
      case 19: checkedHandler = (first, second)
      case 21: interruptGates.append(first)
      case 22: registerWrites.append(first)
      case let kind:
        guard first <= second else { return nil }
        let range = first..<second
        switch kind {
        case 1: interrupts = range
        case 2: gates = range
        case 3: text = range
        case 13: applicationText = range
        case 14: applicationData = range
        case 15: gateData.append(range)
        case 16: movedCode.append(range)
        // With the last place itself.
        case 17: windows.append(first..<second + 1)
        case 20: restarts.append(range)
        case 18: checked.append(first..<second + 1)
        default: return nil
        }
      }
    }
    guard isInPages(interrupts), isInPages(gates), !interrupts.overlaps(gates), text.isWithinText(interrupts),
      text.isWithinText(gates)
    else { return nil }
  }

  private func isInPages(_ range: Range<UInt64>) -> Bool {
    !range.isEmpty && range.lowerBound % 4096 == 0 && range.upperBound % 4096 == 0
  }
}

extension Range<UInt64> {
  fileprivate func isWithinText(_ part: Range<UInt64>) -> Bool {
    lowerBound <= part.lowerBound && part.upperBound <= upperBound
  }
}
