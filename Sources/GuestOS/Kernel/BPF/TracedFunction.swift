import EBPFEngine
import FunctionEntries

/// A program that runs at each call of a function.
final class Attachment {
  /// As `bpf_attach` was given it: `FILE` or `FILE:PROGRAM`.
  let name: [UInt8]
  let object: BPFObject
  let program: BPFProgram
  /// `bpf run FILE at=FUNCTION returned=`; the number comes behind it.
  let runRecord: PreparedRecord
  var runs: UInt64 = 0
  /// What ended it; it runs no more.
  var fault: Fault?
  var report: Containment.Report?
  var isFaultReported = false

  init(name: [UInt8], object: BPFObject, program: BPFProgram, at function: ArraySlice<UInt8>) {
    self.name = name
    self.object = object
    self.program = program
    runRecord = PreparedRecord { record in
      record.text("bpf run ")
      record.printable(name)
      record.text(" at=")
      record.printable(function)
      record.text(" returned=")
    }
  }

  var isActive: Bool { fault == nil && report == nil }
}

/// A function with programs attached.
final class TracedFunction {
  let name: [UInt8]
  let address: UInt64
  /// Index in the table that the trampoline and the breakpoint's handler look at.
  let site: UInt64
  let entry: FunctionEntry
  /// What was written over.
  let original: [UInt8]
  /// `bpf call FUNCTION`.
  let callRecord: PreparedRecord
  var calls: UInt64 = 0
  /// In the order of their runs.
  var attachments: [Attachment] = []

  init(name: [UInt8], address: UInt64, site: UInt64, entry: FunctionEntry, original: [UInt8]) {
    self.name = name
    self.address = address
    self.site = site
    self.entry = entry
    self.original = original
    callRecord = PreparedRecord { record in
      record.text("bpf call ")
      record.printable(name)
    }
  }

  /// How its calls are noticed.
  var means: StaticString { entry == .nop ? "nop" : "breakpoint" }
}

/// Why a function cannot be traced.
enum TraceError: Error {
  case noSuchFunction
  case notTraceable
  case entry(EntryError)
  case tooMany

  var message: StaticString {
    switch self {
    case .noSuchFunction: "no such function"
    case .notTraceable: "belongs to what tracing itself needs"
    case .entry(let error): error.text
    case .tooMany: "no more functions can be traced"
    }
  }
}
