import SimEvents

/// Whether the extension that acts has opened its right to write by the gate that is there for it.
struct OpenWindows {
  /// For each extension that is under way; the last one acts.
  private var windows: [Bool] = []
  /// Gates by which an extension has asked whether it may write and was told that it may: without keys there is nothing to open.
  private let answering: [UInt64]

  init(answering: [UInt64] = []) { self.answering = answering }

  var isOpen: Bool { windows.last == true }

  mutating func fold(_ event: Event) {
    guard case .crossing(let how, _, _, let address, _) = event.payload else { return }
    switch how {
    case .enter, .ungated: windows.append(false)
    case .leave, .abort: _ = windows.popLast()
    case .open: if !windows.isEmpty { windows[windows.count - 1] = true }
    case .close where !answering.isEmpty: break  // the answer stays what it was
    case .close: if !windows.isEmpty { windows[windows.count - 1] = false }
    case .gate: if !windows.isEmpty, answering.contains(address) { windows[windows.count - 1] = true }
    case .back, .interrupt, .resume: break
    }
  }
}
