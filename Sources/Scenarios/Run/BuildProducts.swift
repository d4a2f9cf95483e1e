import Foundation

/// Where the build put the guest's images, the extensions and the attacks.
public struct BuildProducts: Sendable {
  public var images: URL
  public var extensions: URL
  /// The attacks, in folders of their classes.
  public var attacks: URL
  /// The kernels of `sim bench`.
  public var benchmarks: URL

  /// Extensions and attacks built for a design that has services in place of windows.
  private var hardened: URL
  /// And in bundles.
  private var bundled: URL

  /// Where objects are that have the line tables that those to be loaded lack.
  public var lineFolders: [URL] {
    [extensions, hardened.appending(path: "extensions"), bundled.appending(path: "extensions")].map {
      $0.appending(path: "lines")
    }
  }

  /// Where objects for a design are: what `ushell.h` is to them differs.
  public func built(for design: GuestSpecification.Design) -> BuildProducts {
    guard design.hasServices else { return self }
    var products = self
    let folder = design.hasBundles ? bundled : hardened
    products.extensions = folder.appending(path: "extensions")
    products.attacks = folder.appending(path: "attacks")
    return products
  }

  /// - Parameter folder: the package's build folder, `.build`.
  public init(folder: URL) {
    images = folder.appending(path: "images")
    extensions = folder.appending(path: "extensions")
    attacks = folder.appending(path: "attacks")
    hardened = folder.appending(path: "hardened")
    bundled = folder.appending(path: "bundled")
    benchmarks = folder.appending(path: "benchmarks")
  }

  /// The build folder that a program of this package lies in: the nearest one above it with images.
  public init?(above program: URL) {
    var folder = program.resolvingSymlinksInPath()
    while folder.pathComponents.count > 1 {
      folder.deleteLastPathComponent()
      if FileManager.default.fileExists(atPath: folder.appending(path: "images").path) {
        self.init(folder: folder)
        return
      }
    }
    return nil
  }
}
