import GuestBoot

/// The unikernel, from the boot assembly to its threads.
@main
struct Unikernel {
  static func main() {
    Serial.initialize()
    greet()
    guard let boot = BootInformation.read() else { Panic.stop("the boot protocol gives no memory map") }
    let memoryEnd = Layout.reserve(boot)
    AddressSpace.initialize(memoryEnd: memoryEnd)
    GuestMemory.end = memoryEnd
    Heap.initialize()
    #if UIO_SERVICES
      DMAPages.reserve()
    #endif
    Descriptors.initialize()
    let application = Application.choose()
    Scheduler.initialize(name: application.name)
    LocalAPIC.initialize()
    Clock.initialize()
    enable_interrupts()
    VirtioBus.discover()
    #if UIO_SHELL
      Overlay.start()
    #endif
    application.run()
  }

  /// The first sign of life, before anything can go wrong.
  private static func greet() {
    var serial = Serial()
    serial.text("uIO ")
    serial.text(variant)
    serial.text("\n")
  }

  private static var variant: StaticString {
    #if UIO_BPF
      "ushellmpk-bpf"
    #elseif UIO_PKS
      "ushellpks-hardened"
    #elseif UIO_HARDENED
      "ushellmpk-hardened"
    #elseif UIO_RING3
      "ushell-ring3"
    #elseif UIO_KEYS
      "ushellmpk"
    #elseif UIO_SHELL
      "ushell"
    #else
      "noshell"
    #endif
  }
}

/// Who gets which part of the memory behind the image.
enum Layout {
  /// Sets up the page allocators and returns the end of the identity-mapped part.
  static func reserve(_ boot: BootInformation) -> UInt64 {
    #if UIO_SHELL
      let end = OverlayMemory.reserve(of: boot.memoryEnd)
    #else
      let end = boot.memoryEnd
    #endif
    Pages.initialize(from: BootInformation.imageEnd, to: end)
    return end
  }
}
