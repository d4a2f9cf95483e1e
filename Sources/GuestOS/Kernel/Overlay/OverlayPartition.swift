#if UIO_SERVICES
  /// How a design with services keeps an extension from the unikernel and programs from each other: what it does behind the one word
  /// ``Partition``, so that loader, services and containment know no design.
  protocol OverlayPartition {
    /// Gives the pages of the image and of the stack their rights, once.
    static func apply()
    /// Lets a program reach its own memory and that of the programs whose symbols it uses, and no other's; gives PKRU while it runs.
    static func rights(of program: Program) -> UInt32
    /// Whether the extension that runs may itself read a page: the unikernel reads nothing else for it.
    static func mayRead(_ page: UInt64) -> Bool
  }

  #if UIO_HARDENED
    typealias Partition = OverlayKeys
  #else
    typealias Partition = UserPages
  #endif
#endif
