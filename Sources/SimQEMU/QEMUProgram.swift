import Foundation
import Processes

/// The QEMU of this host.
public enum QEMUProgram {
  /// The package that has it, for messages.
  public static let package = "qemu-system-x86"
  public static let name = "qemu-system-x86_64"

  /// The program, looked for in the folders of PATH.
  public static var url: URL? { InstalledProgram.url(named: name) }
}
