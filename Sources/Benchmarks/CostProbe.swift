import CCostProbe
import Scenarios

/// What instructions and faults take on the host's own processor, as a cost table.
///
/// The probe runs at CPL 3: exits of a guest, interrupts and privileged instructions stay those of another table. Everything is in
/// cycles of the time-stamp counter, which is the simulator's clock too.
public struct CostProbe {
  /// The table.
  public private(set) var table: CostTableFile

  /// Measures, which takes a second.
  ///
  /// - Parameters:
  ///   - name: what the table is called.
  ///   - base: has the costs that can't be measured here.
  public init(name: String, base: CostTableFile) {
    table = base
    table.name = name
    table.summary =
      "\(Self.processor)\(cost_probe_is_virtual() ? ", under a hypervisor" : ""), measured at CPL 3 in cycles of its "
      + "time-stamp counter; what can't be measured there is that of \(base.name)."
    table.clockMHz = min(max((cost_probe_clock() + 500_000) / 1_000_000, 1), 10_000)
    takeRates()
    takeInstructions()
    takeFaults()
  }

  private static var processor: String {
    var name = [CChar](repeating: 0, count: 49)
    cost_probe_processor(&name)
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ").joined(separator: " ")
    return words.isEmpty ? "A processor without a name" : words
  }

  /// In thousandths of a cycle; nil: the host has no such thing.
  private func measured(_ kind: cost_probe_kind) -> UInt64? { UInt64(exactly: cost_probe_measure(kind)) }

  private static func text(_ thousandths: UInt64) -> String {
    thousandths >= 10_000 ? "\((thousandths + 500) / 1_000)" : "\(Double(thousandths) / 1_000)"
  }

  private mutating func set(_ name: String, _ thousandths: UInt64, _ source: String) {
    table.set(name, thousandths: thousandths, origin: .measurement, source: source)
  }

  private mutating func takeRates() {
    let (slow, fast) = (measured(COST_PROBE_DEPENDENT) ?? 0, measured(COST_PROBE_INDEPENDENT) ?? 0)
    set(
      "instruction", (slow + fast) / 2,
      "between additions of which each waits for the one before (\(Self.text(slow))) and independent ones "
        + "(\(Self.text(fast))); a core clocked above its time-stamp counter takes less than one of its cycles")
    set(
      "deviceByte", measured(COST_PROBE_COPIED_BYTE) ?? 0, "REP MOVSB of 4 KiB within the first-level cache")
  }

  private mutating func takeInstructions() {
    set("timestampCounter", measured(COST_PROBE_RDTSC) ?? 0, "RDTSC, one after the other")
    set(
      "cpuid", measured(COST_PROBE_CPUID) ?? 0,
      cost_probe_is_virtual() ? "CPUID leaf 0: exits to the host's hypervisor" : "CPUID leaf 0, no hypervisor")
    if let random = measured(COST_PROBE_RDRAND) { set("rdrand", random, "RDRAND, one after the other") }
    let call = measured(COST_PROBE_SYSTEM_CALL) ?? 0
    set(
      "systemCall", call / 2,
      "half of getppid, \(Self.text(call)) with SYSCALL, SYSRET and the kernel's way in and out")
    for (name, kind) in [("wrpkru", COST_PROBE_WRPKRU), ("rdpkru", COST_PROBE_RDPKRU)] {
      if let cycles = measured(kind) {
        set(name, cycles, "\(name.uppercased()), one after the other")
      } else if let entry = table.entries.first(where: { $0.name == name }) {
        let note = "the measured host has no protection keys; "
        guard !entry.source.hasPrefix(note), let value = UInt64(entry.value) else { continue }
        table.set(name, thousandths: value * 1_000, origin: entry.origin, source: note + entry.source)
      }
    }
  }

  private mutating func takeFaults() {
    guard let fault = measured(COST_PROBE_PAGE_FAULT) else { return }
    let others = [("a signal", COST_PROBE_SIGNAL), ("a protection key's signal", COST_PROBE_KEY_SIGNAL)].map {
      what, kind in "\(what) " + (measured(kind).map(Self.text) ?? "none")
    }
    set(
      "exception", fault,
      "a page fault that the kernel answers with its page of zeros, the kernel's work included, so more than the delivery and "
        + "IRET; handed to the program (sigaction, sigreturn): \(others.joined(separator: ", "))")
  }
}
