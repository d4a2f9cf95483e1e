import SimEvents
import SimVirtio

extension RunInputs {
  /// XXH3-128 of what the run takes in beside its scenario and its image, 32 hexadecimal digits.
  public var contentDigest: String {
    var digest = ContentDigest()
    digest.update(withLengthOf: Array("\(scenario.seed)".utf8))
    for module in modules { digest.update(withLengthOf: module.bytes) }
    for item in shareItems {
      let (kind, name, content): (String, String, [UInt8]) =
        switch item {
        case .file(let name, let bytes): ("file", name, bytes)
        case .folder(let name): ("folder", name, [])
        case .link(let name, let target): ("link", name, Array(target.utf8))
        }
      for part in [Array(kind.utf8), Array(name.utf8), content] { digest.update(withLengthOf: part) }
    }
    digest.update(withLengthOf: disk ?? [])
    return digest.hex
  }
}
