import EBPFEngine

extension Fault {
  /// One line: `contained: loop.bin: instruction 0: instruction budget exhausted`.
  func write(_ name: [UInt8], to sink: inout some ByteSink) {
    sink.text("contained: ")
    sink.printable(name)
    sink.text(": ")
    var text = TextWriter()
    write(to: &text)
    sink.bytes(text.bytes)
    sink.text("\n")
  }

  /// For the trace: `contained NAME bpf-fault REASON`.
  func emit(_ name: [UInt8]) {
    var text = TextWriter()
    write(to: &text)
    TraceRecord.emit { record in
      record.text("contained ")
      record.printable(name)
      record.text(" bpf-fault ")
      record.bytes(text.bytes)
    }
  }
}
