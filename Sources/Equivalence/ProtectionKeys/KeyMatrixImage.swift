/// The guest that runs the trials: a bare ELF image with a PVH entry, everything in it made here.
struct KeyMatrixImage {
  private typealias Layout = KeyMatrixLayout
  let bytes: [UInt8]
  /// What the file loads at ``KeyMatrixLayout/base``; its first byte is the entry.
  let memory: [UInt8]
  let resultCount: Int

  /// All trials.
  ///
  /// - Parameter supervisorKeys: whether the processor has IA32_PKRS.
  init(supervisorKeys: Bool = true) {
    self.init(
      KeyTrial.Action.allCases.map { action in
        (action, KeyTrial.trials(action, supervisorKeys: supervisorKeys), Layout.faultStack, Layout.doubleFaultStack)
      }, supervisorKeys: supervisorKeys)
  }

  /// A fault whose handler's stack is on the page in question, and that of double faults too.
  init(tripleFault trial: KeyTrial) {
    self.init([(.faultStack, [trial], Layout.stackPageTop, Layout.stackPageTop)], supervisorKeys: true)
  }

  private init(
    _ parts: [(action: KeyTrial.Action, trials: [KeyTrial], faultStack: UInt64, doubleFaultStack: UInt64)],
    supervisorKeys: Bool
  ) {
    let perRecord = { (action: KeyTrial.Action) in action == .access ? 96 : 1 }
    let described = parts.map { part in
      KeyMatrixProgram.Part(
        action: part.action, recordCount: part.trials.count / perRecord(part.action),
        resultsPerRecord: perRecord(part.action),
        faultStack: part.action == .faultStack ? Layout.stackPageTop : part.faultStack,
        doubleFaultStack: part.doubleFaultStack)
    }
    let recordCount = described.reduce(0) { $0 + $1.recordCount }
    let results = Layout.records + UInt64(recordCount) * KeyMatrixProgram.Field.size + UInt64(Layout.marker.count)
    resultCount = parts.reduce(0) { $0 + $1.trials.count }
    let program = KeyMatrixProgram(described, results: results, supervisorKeys: supervisorKeys)
    var memory = [UInt8](repeating: 0, count: Int(results - Layout.base) + resultCount)
    func put(_ bytes: [UInt8], at address: UInt64) {
      memory.replaceSubrange(Int(address - Layout.base)..<Int(address - Layout.base) + bytes.count, with: bytes)
    }
    put(program.main.bytes, at: Layout.code)
    put(program.programs.bytes, at: Layout.programs)
    for (address, value) in Self.tables(program) { put(CodeBuffer.little(value), at: address) }
    put([0xff, 0xe7], at: Layout.testFrame)  // JMP RDI
    put(Layout.marker, at: results - UInt64(Layout.marker.count))
    var record = Layout.records
    var result = results
    for part in parts {
      let count = perRecord(part.action)
      for trial in stride(from: 0, to: part.trials.count, by: count) {
        put(Self.record(part.trials[trial], program), at: record)
        record += KeyMatrixProgram.Field.size
      }
      let empty = part.action == .access ? KeyResult.allowed : KeyResult.missing
      put([UInt8](repeating: empty, count: part.trials.count), at: result)
      result += UInt64(part.trials.count)
    }
    self.memory = memory
    bytes = Self.executable(memory)
  }

  /// What was written down, once all of it has come out of the port.
  func results(in output: [UInt8]) -> [UInt8]? {
    guard let marker = output.firstRange(of: Layout.marker) else { return nil }
    let results = output[marker.upperBound...].prefix(resultCount)
    return results.count == resultCount ? Array(results) : nil
  }

  private static func record(_ trial: KeyTrial, _ program: KeyMatrixProgram) -> [UInt8] {
    let operation = trial.operation
    let start =
      switch trial.action {
      case .access: "steps"
      case .interruptStack: "interrupt"
      case .faultStack: "fault"
      case .deviceInterrupt: "device"
      case .instruction:
        "operation-\((operation.isRead ? 1 : 0) | (operation.ecx ? 2 : 0) | (operation.edx ? 4 : 0))"
      }
    let address = program.programs.address(start)
    let isUser = trial.cpl == 3
    let words = [
      trial.cr0, trial.cr4, trial.efer, trial.rflags, UInt64(trial.pkru), UInt64(trial.entry),
      isUser ? address - Layout.programs + Layout.userAlias : address,
    ]
    return words.flatMap { CodeBuffer.little(UInt32(truncatingIfNeeded: $0)) }
      + CodeBuffer.little(isUser ? Layout.userData : Layout.kernelData)
      + CodeBuffer.little(isUser ? Layout.userCode : Layout.kernelCode)
  }

  /// Descriptors and paging structures (SDM volume 3, 3.4.5, 4.5, 6.14 and 7.7), word by word.
  private static func tables(_ program: KeyMatrixProgram) -> [(address: UInt64, value: UInt64)] {
    var words: [(UInt64, UInt64)] = [
      (Layout.gdt + 0x08, 0x00af_9b00_0000_ffff), (Layout.gdt + 0x10, 0x00cf_9300_0000_ffff),
      (Layout.gdt + 0x18, 0x00cf_f300_0000_ffff), (Layout.gdt + 0x20, 0x00af_fb00_0000_ffff),
      (Layout.gdt + 0x28, 0x67 | (Layout.tss & 0xff_ffff) << 16 | 0x89 << 40), (Layout.gdt + 0x30, 0),
      // What LGDT and LIDT read: limit and base.
      (Layout.gdt + 0x60, 0x37 | Layout.gdt << 16), (Layout.gdt + 0x70, 0xfff | Layout.idt << 16),
      (Layout.tss + 4, Layout.stack), (Layout.tss + 0x24, Layout.faultStack),
      (Layout.tss + 0x2c, Layout.doubleFaultStack),
      (Layout.tss + 0x34, Layout.stackPageTop), (Layout.tss + 0x60, 0x68 << 48),
      (Layout.pml4, Layout.pdpt | 7), (Layout.pdpt, Layout.lowDirectory | 7),
      (Layout.pdpt + 8, Layout.testDirectory | 7),
      (Layout.pdpt + 24, Layout.apicDirectory | 3), (Layout.testDirectory, Layout.testTable | 7),
      (Layout.testDirectory + 8, Layout.userTable | 7),
      (Layout.apicDirectory + (Layout.apic >> 21 & 0x1ff) * 8, Layout.apic & ~0x1f_ffff | 0x9b),
    ]
    for index in 0..<16 as Range<UInt64> { words.append((Layout.lowDirectory + index * 8, index << 21 | 0x83)) }
    for entry in 0..<32 {
      let bits = KeyTrial.entryBits(entry)
      words.append((Layout.entries + UInt64(entry) * 8, Layout.stackFrame | bits))
      for kind in 0..<3 {
        words.append((Layout.testTable + UInt64(entry * 3 + kind) * 8, Layout.testFrame | bits))
      }
    }
    for page in 0..<UInt64(Layout.programBytesMax >> 12) {
      words.append((Layout.userTable + page * 8, Layout.programs + page << 12 | 5))
    }
    for handler in KeyMatrixProgram.handlers {
      let at = Layout.idt + UInt64(handler.vector) * 16
      let target = program.main.address(handler.name)
      let attributes: UInt64 = (handler.isForUsers ? 0xee00 : 0x8e00) | UInt64(handler.stack)
      words.append(
        (at, target & 0xffff | UInt64(Layout.kernelCode) << 16 | attributes << 32 | (target >> 16 & 0xffff) << 48))
      words.append((at + 8, target >> 32))
    }
    return words
  }

  /// One segment, and the Xen note that names the 32-bit entry.
  private static func executable(_ memory: [UInt8]) -> [UInt8] {
    func header(_ type: UInt32, _ offset: UInt64, _ address: UInt64, _ size: UInt64) -> [UInt8] {
      CodeBuffer.little(type) + CodeBuffer.little(UInt32(7)) + CodeBuffer.little(offset) + CodeBuffer.little(address)
        + CodeBuffer.little(address) + CodeBuffer.little(size) + CodeBuffer.little(size) + CodeBuffer.little(UInt64(4))
    }
    let (noteOffset, memoryOffset): (UInt64, UInt64) = (64 + 2 * 56, 0x1000)
    var file: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    file += CodeBuffer.little(UInt16(2)) + CodeBuffer.little(UInt16(62)) + CodeBuffer.little(UInt32(1))
    file += CodeBuffer.little(Layout.code) + CodeBuffer.little(UInt64(64)) + CodeBuffer.little(UInt64(0))
    file += CodeBuffer.little(UInt32(0))
    for value in [64, 56, 2, 64, 0, 0] as [UInt16] { file += CodeBuffer.little(value) }
    file += header(1, memoryOffset, Layout.base, UInt64(memory.count)) + header(4, noteOffset, 0, 24)
    file += CodeBuffer.little(UInt32(4)) + CodeBuffer.little(UInt32(8)) + CodeBuffer.little(UInt32(18))
    file += Array("Xen\0".utf8) + CodeBuffer.little(Layout.code)
    return file + [UInt8](repeating: 0, count: Int(memoryOffset) - file.count) + memory
  }
}
