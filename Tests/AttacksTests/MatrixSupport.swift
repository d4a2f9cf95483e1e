import Attacks
import Foundation
import Scenarios
import SimUnicorn

let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
let products = BuildProducts(folder: root.appending(path: ".build"))
