import CodeScanner
import GuestBoot
import ObjectLoader

/// What `mpk-bundled` adds to `mpk-hardened`: an extension executes only instructions that the loader has looked at (`BundleChecker`).
///
/// All code that extensions reach lies in one window, in bundles. What leads out of it lies there too: a page with a bundle for each
/// service, and one for the return of whoever was entered, made when the overlay starts. So jumps need no list of what else is allowed.
enum Bundles {
  nonisolated(unsafe) private static var exits: UInt64 = 0

  private static var size: UInt64 { UInt64(BundleChecker.bundle) }

  /// Before any extension is entered, whatever the design is: the gates ask here where extensions go on.
  static func initialize() {
    guard IsolationDesign.current.hasBundles else {
      set_overlay_returns(overlay_returned_address(), .max, 0)
      return
    }
    // A masked jump reaches all of the window, so all of it must be the overlay's or unmapped.
    guard OverlayMemory.base == BundleChecker.window.lowerBound, OverlayMemory.end <= BundleChecker.window.upperBound,
      let page = OverlayMemory.allocate(pages: 1, alignment: Pages.size)
    else { Panic.stop("no place for the exits of bundles") }
    exits = page
    for offset in 0..<Pages.size { volatile_write8(page &+ offset, 0xcc) }
    let returning = page &+ size
    write(exitTo: overlay_returned_address(), at: returning)
    var index: UInt64 = 0
    while kernel_export_at(index).name != nil {
      let address = kernel_export_at(index).address
      if isService(address) { write(exitTo: address, at: exit(index)) }
      index &+= 1
    }
    guard exit(index) <= page &+ Pages.size else { Panic.stop("more services than exits of bundles") }
    let key = OverlayKeys.current
    OverlayKeys.current = OverlayKeys.code
    OverlayMemory.protect(page, bytes: Pages.size, .text)
    OverlayKeys.current = key
    set_overlay_returns(returning, BundleChecker.mask, BundleChecker.window.lowerBound)
  }

  /// Of the export of that number. The first bundle of the window is nobody's, so that a call of a null pointer, which the mask leads there,
  /// stops; the second is the return's.
  private static func exit(_ index: UInt64) -> UInt64 { exits &+ (index &+ 2) &* size }

  private static func isService(_ address: UInt64) -> Bool {
    address >= services_address() && address < services_end_address()
  }

  /// `movabs $target, %r11; jmp *%r11`.
  private static func write(exitTo target: UInt64, at place: UInt64) {
    var next = place
    func put(_ byte: UInt8) {
      volatile_write8(next, byte)
      next &+= 1
    }
    put(0x49)
    put(0xbb)
    for shift: UInt64 in 0..<8 { put(UInt8(truncatingIfNeeded: target >> (shift &* 8))) }
    put(0x41)
    put(0xff)
    put(0xe3)
  }

  /// What an exported name means to a program: a service's exit, or a variable. Nil for the unikernel's functions that are no services: they
  /// end in RET, and a program has its own of those that compilers call.
  static func place(of address: UInt64) -> UInt64? {
    guard address >= BootInformation.imageStart, address < text_end_address() else { return address }
    var index: UInt64 = 0
    while kernel_export_at(index).name != nil {
      if kernel_export_at(index).address == address { return isService(address) ? exit(index) : nil }
      index &+= 1
    }
    return nil
  }

  /// The loader's words for what a program breaks, or nil. Nobody can write its code any more.
  static func violation(in program: Program, _ plan: LoadPlan) -> [UInt8]? {
    let start = program.address &+ plan.text.imageOffset
    let code = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: UInt(start)), count: Int(plan.text.size))
    var checker = BundleChecker(code, at: start)
    var entries = program.object.initializers
    if let main = program.object.main { entries.append(main) }
    guard let violation = checker.check(entries: entries) else { return nil }
    var text = TextBuffer()
    text.text(violation.rule.text)
    text.text(" in its code, at offset ")
    text.address(start &- program.address &+ UInt64(violation.offset))
    text.text(":")
    for offset in violation.offset..<min(violation.offset &+ violation.length, code.count) {
      text.text(code[offset] < 16 ? " 0" : " ")
      text.hexadecimal(UInt64(code[offset]))
    }
    return Array(text.contents)
  }
}
