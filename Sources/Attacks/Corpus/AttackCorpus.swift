import Foundation
import Scenarios

/// All attacks of a folder, `CLASS/NAME.c` and so on, in the order of classes and names.
public struct AttackCorpus: Sendable {
  public var folder: URL
  public var attacks: [Attack]

  /// Folders beside those of classes.
  private static let otherFolders: Set<String> = ["include"]

  /// - Parameters:
  ///   - path: of the folder.
  ///   - isLenient: cells that are missing, as they are where `--update` is to write them, are no error; nothing is expected of them.
  /// - Throws: all that is wrong, with file, place and mend.
  public init(path: String, isLenient: Bool = false) throws(ScenarioProblems) {
    folder = URL(fileURLWithPath: path, isDirectory: true)
    func problem(_ file: String, _ text: String, _ remedy: String) -> ScenarioProblem {
      ScenarioProblem(file: file, position: nil, path: "$", problem: text, remedy: remedy)
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
      throw ScenarioProblems([
        problem(
          path, "is no folder that can be read", "name the folder of attacks with --corpus, or go to the project's root"
        )
      ])
    }
    var problems: [ScenarioProblem] = []
    let classes = Set(AttackClass.allCases.map(\.rawValue))
    for name in names.sorted() where Self.isFolder(folder.appending(path: name)) {
      guard !classes.contains(name), !Self.otherFolders.contains(name) else { continue }
      let known = AttackClass.allCases.map(\.rawValue)
      problems.append(
        problem("\(path)/\(name)", "is no class of attacks", remedyForName(name, among: known, noun: "class")))
    }
    attacks = []
    for attackClass in AttackClass.allCases {
      do throws(ScenarioProblems) {
        attacks += try Self.attacks(of: attackClass, in: folder, path, isLenient)
      } catch {
        problems += error.problems
      }
    }
    var files: [String: String] = [:]
    for attack in attacks {
      if let other = files.updateValue(attack.file, forKey: attack.name) {
        problems.append(problem(attack.file, "\(other) has this name already", "give one of them another name"))
      }
    }
    if attacks.isEmpty, problems.isEmpty {
      problems.append(problem(path, "holds no attack", "add one, or name another folder"))
    }
    guard problems.isEmpty else { throw ScenarioProblems(problems) }
  }

  private static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
  }

  private static func attacks(
    of attackClass: AttackClass, in folder: URL, _ path: String, _ isLenient: Bool
  ) throws(ScenarioProblems) -> [Attack] {
    let classFolder = folder.appending(path: attackClass.rawValue)
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: classFolder.path)) ?? []).sorted()
    var attacks: [Attack] = []
    var problems: [ScenarioProblem] = []
    for fileName in names where !fileName.hasSuffix(".h") && !fileName.hasPrefix(".") && !isPart(fileName) {
      let shown = "\(path)/\(attackClass.rawValue)/\(fileName)"
      guard let (name, program) = kind(of: fileName, attackClass) else {
        problems.append(
          .init(
            file: shown, position: nil, path: "$", problem: "is no attack",
            remedy:
              "name it NAME.c, NAME.S, NAME.bpf.c or NAME.bpf.S (in bpf), NAME.json, or NAME.part.c if another one needs it"
          ))
        continue
      }
      do throws(ScenarioProblems) {
        let file = try AttackFile(classFolder.appending(path: fileName), name: shown)
        let list = ProblemList(file: shown)
        let attack = Attack(file, name: name, attackClass, program, isLenient: isLenient, problems: list)
        problems += list.problems
        if let attack, list.problems.isEmpty { attacks.append(attack) }
      } catch {
        problems += error.problems
      }
    }
    guard problems.isEmpty else { throw ScenarioProblems(problems) }
    return attacks.sorted { $0.name < $1.name }
  }

  private static func isPart(_ name: String) -> Bool { name.hasSuffix(".part.c") || name.hasSuffix(".part.S") }

  private static func kind(of fileName: String, _ attackClass: AttackClass) -> (String, Attack.Program)? {
    let kinds: [(suffix: String, program: Attack.Program)] = [
      (".bpf.c", .bpf), (".bpf.S", .bpf), (".c", .native), (".S", .native), (".json", .none),
    ]
    guard let kind = kinds.first(where: { fileName.hasSuffix($0.suffix) }) else { return nil }
    let name = String(fileName.dropLast(kind.suffix.count))
    let isName =
      !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
      }
    guard isName, kind.program != .bpf || attackClass == .bpf else { return nil }
    return (name, kind.program)
  }

  /// The place of an attack's file.
  func url(_ attack: Attack) -> URL {
    folder.appending(path: attack.attackClass.rawValue).appending(
      path: attack.fileName)
  }
}

extension Attack {
  /// Without folders.
  var fileName: String { file.split(separator: "/").last.map(String.init) ?? "" }
}
