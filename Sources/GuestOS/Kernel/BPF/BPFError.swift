import EBPFEngine

/// Why a BPF program is not there afterwards.
enum BPFError: Error {
  case share(ShareError)
  case decoding(DecodingError)
  case object(ObjectError)
  case noSuchProgram
  case link(LinkError)
  case map(MapError)
  case refused(Refusal)
  case noMemory
  case noMemoryToVerify
}

extension BPFError {
  /// One line, or two for what the verifier says: the reason, and the registers before the instruction.
  func write(to text: inout TextWriter) {
    switch self {
    case .share(let error): text.write(error.message)
    case .decoding(let error):
      text.write("instruction ")
      text.write(Int64(error.slot))
      text.write(": ")
      text.write(error.reason.text)
    case .object(let error): error.write(to: &text)
    case .noSuchProgram: text.write("no such program in the object")
    case .link(let error):
      text.write("instruction ")
      text.write(Int64(error.slot))
      text.write(": 64-bit immediate has no meaning here")
    case .map(let error): text.write(error == .tooManyMaps ? "too many maps" : "a map cannot be made")
    case .refused(let refusal):
      text.write("refused by the verifier: ")
      refusal.write(to: &text)
    case .noMemoryToVerify: text.write("less than 20 MiB of memory left, which the verifier may need")
    case .noMemory: text.write("no memory left in the overlay")
    }
  }
}
