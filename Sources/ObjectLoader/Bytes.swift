extension ArraySlice<UInt8> {
  func equals(_ text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && text.withUTF8Buffer { elementsEqual($0) }
  }

  func begins(with text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && text.withUTF8Buffer { prefix($0.count).elementsEqual($0) }
  }
}

extension UInt64 {
  /// Rounded up to a multiple of `alignment`, a power of two; nil past 2^64.
  func aligned(to alignment: UInt64) -> UInt64? {
    let (sum, overflow) = addingReportingOverflow(alignment - 1)
    return overflow ? nil : sum & ~(alignment - 1)
  }

  var isPowerOfTwo: Bool { self != 0 && self & (self - 1) == 0 }
}
