import GuestBoot

/// The names of the unikernel that extensions are linked against: Boot/exports.S. No other symbol of the image takes the
/// place of an extension's own, however it is called.
enum KernelExports {
  /// The address of an exported name, or nil.
  static func address(of wanted: some Collection<UInt8>) -> UInt64? {
    var index: UInt64 = 0
    while let name = kernel_export_at(index).name {
      if wanted.elementsEqual(bytes(name)) { return kernel_export_at(index).address }
      index &+= 1
    }
    return nil
  }

  private static func bytes(_ name: UnsafePointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var length = 0
    while name[length] != 0 { length &+= 1 }
    return UnsafeBufferPointer(start: name, count: length)
  }
}
