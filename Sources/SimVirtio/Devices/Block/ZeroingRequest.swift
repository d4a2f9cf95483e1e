/// The data of a discard or write-zeroes request: ranges of sectors (virtio 1.2, section 5.2.6).
struct ZeroingRequest {
  struct SectorRange {
    var sector: UInt64
    var sectors: UInt32
  }

  /// The most ranges in a request; the configuration says so.
  static let rangesMax: UInt32 = 32
  /// sector[8] num_sectors[4] flags[4].
  private static let rangeBytes = 16
  private static let unmapFlag: UInt32 = 1

  let ranges: [SectorRange]

  /// - Parameter mayUnmap: whether the flag for that may be set, as in write zeroes.
  init(_ data: [UInt8], mayUnmap: Bool) throws(BlockDevice.Result) {
    guard !data.isEmpty, data.count % Self.rangeBytes == 0, data.count / Self.rangeBytes <= Int(Self.rangesMax) else {
      throw .inputOutputError
    }
    var ranges: [SectorRange] = []
    for offset in stride(from: 0, to: data.count, by: Self.rangeBytes) {
      let flags = UInt32(littleEndian: data, at: offset + 12)
      guard flags & ~(mayUnmap ? Self.unmapFlag : 0) == 0 else { throw .unsupported }
      ranges.append(
        SectorRange(
          sector: UInt64(littleEndian: data, at: offset), sectors: UInt32(littleEndian: data, at: offset + 8)))
    }
    self.ranges = ranges
  }
}
