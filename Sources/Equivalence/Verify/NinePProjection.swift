/// A 9P message in the form that also QEMU's trace points give: without names and numbers of files, and only messages
/// that they show.
enum NinePProjection {
  /// What is kept of each message's details; nil: all of them.
  private static let kept: [String: [String]?] = [
    "Tversion": nil, "Rversion": nil, "Tattach": ["fid", "uname", "aname"], "Rattach": [], "Twalk": ["fid", "newfid"],
    "Rwalk": [], "Tlopen": nil, "Rlopen": [], "Tlcreate": ["fid", "flags"], "Rlcreate": [], "Tread": nil, "Rread": nil,
    "Treaddir": ["fid", "count"], "Rreaddir": [], "Twrite": nil, "Rwrite": nil, "Tclunk": nil, "Tgetattr": nil,
    "Rgetattr": [], "Tmkdir": ["dfid", "name"], "Rmkdir": [], "Rlerror": nil,
  ]

  /// nil for messages that not every engine shows.
  static func item(_ message: String, _ detail: String) -> String? {
    guard let kept = kept[message] else { return nil }
    var text = message
    let pairs = pairs(detail)
    for (key, value) in pairs where kept?.contains(key) ?? true { text += " \(key) \(value)" }
    return text + count(message, pairs, detail)
  }

  /// Names and files are compared by their number.
  private static func count(_ message: String, _ pairs: [(key: String, value: String)], _ detail: String) -> String {
    func value(_ key: String) -> String? { pairs.first { $0.key == key }?.value }
    switch message {
    case "Twalk":
      let names = value("nwname") ?? "\((value("names") ?? "").split(separator: "/").count)"
      return " nwname \(names)"
    case "Rwalk":
      return " nwqid \(value("nwqid") ?? "\(detail.split(separator: " ").count { $0 == "qid" })")"
    // The cookies of folders are the server's own, and how it packs entries too.
    case "Treaddir": return value("offset") == "0" ? " from the start" : " further on"
    case "Rreaddir": return value("count") == "0" ? " at the end" : " with entries"
    default: return ""
    }
  }

  /// "fid 1 names dir/file" as pairs; the last value may be missing.
  private static func pairs(_ detail: String) -> [(key: String, value: String)] {
    let words = detail.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    return stride(from: 0, to: words.count, by: 2).map {
      ($0 < words.count ? words[$0] : "", $0 + 1 < words.count ? words[$0 + 1] : "")
    }
  }
}
