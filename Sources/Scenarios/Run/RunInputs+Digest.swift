import SimEvents
import SimVirtio

extension RunInputs {
  /// XXH3-128 of what the run takes in beside its scenario and its image, 32 hexadecimal digits.
  public var contentDigest: String {
    var digest = ContentDigest()
    func add(_ bytes: [UInt8]) {
      withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { digest.update($0) }
      bytes.withUnsafeBytes { digest.update($0) }
    }
    add(Array("\(scenario.seed)".utf8))
    for module in modules { add(module.bytes) }
    for item in shareItems { add(Array("\(item)".utf8)) }
    add(disk ?? [])
    return digest.hex
  }
}
