import GuestBoot

/// What the unikernel is there for; the overlay runs beside it.
enum Application {
  case count
  case requests

  /// As `uio.application=NAME` on the command line has it, and the name of its thread.
  var name: StaticString {
    switch self {
    case .count: "count"
    case .requests: "requests"
    }
  }

  /// The one that the command line names. A name that does not exist is fatal: another application is not what was asked for.
  static func choose() -> Application {
    guard let name = KernelCommandLine.value("uio.application=") else { return .count }
    if name.equals(Application.count.name) { return .count }
    guard name.equals(Application.requests.name) else { Panic.stop("no such uio.application") }
    return .requests
  }

  func run() -> Never {
    switch self {
    case .count: CountApplication.run()
    case .requests: RequestsApplication.run()
    }
  }
}
