import NineP

/// Messages in words, for events: "fid 1 newfid 2 names dir/file". Data are counted, not shown.
enum MessageDescription {
  static func detail(of request: Request) -> String {
    switch request {
    case .version(let messageBytesMax, let version): "msize \(messageBytesMax) version \(text(version))"
    case .attach(let fid, _, let userName, let tree, let user):
      "fid \(fid) uname \(text(userName)) aname \(text(tree)) uid \(user)"
    case .flush(let oldTag): "oldtag \(oldTag)"
    case .walk(let fid, let newFid, let names):
      "fid \(fid) newfid \(newFid) names \(names.map { text($0) }.joined(separator: "/"))"
    case .lopen(let fid, let flags): "fid \(fid) flags \(octal(flags))"
    case .lcreate(let fid, let name, let flags, let mode, _):
      "fid \(fid) name \(text(name)) flags \(octal(flags)) mode \(octal(mode))"
    case .read(let fid, let offset, let count), .readdir(let fid, let offset, let count):
      "fid \(fid) offset \(offset) count \(count)"
    case .write(let fid, let offset, let data): "fid \(fid) offset \(offset) count \(data.count)"
    case .clunk(let fid), .statfs(let fid), .readlink(let fid): "fid \(fid)"
    case .getattr(let fid, let mask): "fid \(fid) mask 0x\(String(mask, radix: 16))"
    case .setattr(let fid, let change):
      "fid \(fid) valid 0x\(String(change.valid.rawValue, radix: 16)) mode \(octal(change.mode)) size \(change.size)"
    case .fsync(let fid, let dataOnly): "fid \(fid) datasync \(dataOnly)"
    case .mkdir(let directory, let name, let mode, _): "dfid \(directory) name \(text(name)) mode \(octal(mode))"
    case .renameat(let oldDirectory, let oldName, let newDirectory, let newName):
      "olddirfid \(oldDirectory) oldname \(text(oldName)) newdirfid \(newDirectory) newname \(text(newName))"
    case .unlinkat(let directory, let name, let flags):
      "dirfid \(directory) name \(text(name)) flags 0x\(String(flags, radix: 16))"
    }
  }

  static func detail(of reply: Reply) -> String {
    switch reply {
    case .lerror(let number): "errno \(number.rawValue)"
    case .version(let messageBytesMax, let version): "msize \(messageBytesMax) version \(text(version))"
    case .attach(let qid), .mkdir(let qid), .lopen(let qid, _), .lcreate(let qid, _): describe(qid)
    case .walk(let qids): qids.map(describe).joined(separator: " ")
    case .read(let data), .readdir(let data): "count \(data.count)"
    case .write(let count): "count \(count)"
    case .readlink(let target): "target \(text(target))"
    case .getattr(let attributes):
      "\(describe(attributes.qid)) mode \(octal(attributes.mode)) size \(attributes.size)"
    case .statfs(let status): "blocks \(status.blocks) free \(status.freeBlocks)"
    case .flush, .clunk, .setattr, .fsync, .renameat, .unlinkat: ""
    }
  }

  private static func describe(_ qid: QID) -> String {
    let kind = qid.type.contains(.directory) ? "d" : qid.type.contains(.symbolicLink) ? "l" : "f"
    return "qid \(kind)\(qid.path).\(qid.version)"
  }

  private static func octal(_ value: UInt32) -> String { "0" + String(value, radix: 8) }

  /// At most 256 bytes; what is not printable ASCII appears as \xNN.
  private static func text(_ view: ByteView) -> String {
    var result = ""
    for byte in view.bytes.prefix(256) {
      if byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "\\") {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16)
        result += "\\x" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }
}
