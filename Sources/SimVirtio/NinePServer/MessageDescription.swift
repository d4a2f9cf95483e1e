import Hexadecimal
import NineP

/// Messages in words, for events: "fid 1 newfid 2 names dir/file". Data are counted, not shown.
enum MessageDescription {
  static func detail(of request: Request) -> String {
    switch request {
    case .version(let messageBytesMax, let version): "msize \(messageBytesMax) version \(text(version))"
    case .attach(let fid, _, let userName, let tree, let user):
      "fid \(fid) uname \(text(userName)) aname \(text(tree)) uid \(user)"
    case .auth(let fid, let userName, let tree, let user):
      "afid \(fid) uname \(text(userName)) aname \(text(tree)) uid \(user)"
    case .flush(let oldTag): "oldtag \(oldTag)"
    case .walk(let fid, let newFid, let names):
      "fid \(fid) newfid \(newFid) names \(names.map { text($0) }.joined(separator: "/"))"
    case .lopen(let fid, let flags): "fid \(fid) flags \(octal(flags))"
    case .lcreate(let fid, let name, let flags, let mode, _):
      "fid \(fid) name \(text(name)) flags \(octal(flags)) mode \(octal(mode))"
    case .create(let fid, let name, let permissions, let mode, let special):
      "fid \(fid) name \(text(name)) perm \(octal(permissions)) mode \(mode) extension \(text(special))"
    case .symlink(let directory, let name, let target, _):
      "dfid \(directory) name \(text(name)) target \(text(target))"
    case .mknod(let directory, let name, let mode, let major, let minor, _):
      "dfid \(directory) name \(text(name)) mode \(octal(mode)) major \(major) minor \(minor)"
    case .link(let directory, let fid, let name): "dfid \(directory) fid \(fid) name \(text(name))"
    case .read(let fid, let offset, let count), .readdir(let fid, let offset, let count):
      "fid \(fid) offset \(offset) count \(count)"
    case .write(let fid, let offset, let data): "fid \(fid) offset \(offset) count \(data.count)"
    case .clunk(let fid), .remove(let fid), .statfs(let fid), .readlink(let fid), .stat(let fid): "fid \(fid)"
    case .getattr(let fid, let mask): "fid \(fid) mask 0x\(String(mask, radix: 16))"
    case .setattr(let fid, let change):
      "fid \(fid) valid 0x\(String(change.valid.rawValue, radix: 16)) mode \(octal(change.mode)) size \(change.size)"
    case .wstat(let fid, let record):
      "fid \(fid) name \(text(record.name)) mode \(octal(record.mode)) length \(record.length)"
    case .xattrwalk(let fid, let newFid, let name): "fid \(fid) newfid \(newFid) name \(text(name))"
    case .xattrcreate(let fid, let name, let valueBytes, let flags):
      "fid \(fid) name \(text(name)) size \(valueBytes) flags \(flags)"
    case .lock(let fid, let lock, let flags): "fid \(fid) \(describe(lock)) flags \(flags)"
    case .getlock(let fid, let lock): "fid \(fid) \(describe(lock))"
    case .rename(let fid, let directory, let name): "fid \(fid) dfid \(directory) name \(text(name))"
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
    case .auth(let qid), .attach(let qid), .mkdir(let qid), .symlink(let qid), .mknod(let qid): describe(qid)
    case .lopen(let qid, _), .lcreate(let qid, _), .create(let qid, _): describe(qid)
    case .walk(let qids): qids.map(describe).joined(separator: " ")
    case .read(let data), .readdir(let data): "count \(data.count)"
    case .write(let count): "count \(count)"
    case .readlink(let target): "target \(text(target))"
    case .getattr(let attributes):
      "\(describe(attributes.qid)) mode \(octal(attributes.mode)) size \(attributes.size)"
    case .statfs(let status): "blocks \(status.blocks) free \(status.freeBlocks)"
    case .stat(let record): "\(describe(record.qid)) mode \(octal(record.mode)) length \(record.length)"
    case .xattrwalk(let bytes): "size \(bytes)"
    case .lock(let status): "status \(status)"
    case .getlock(let lock): describe(lock)
    case .flush, .clunk, .remove, .setattr, .wstat, .xattrcreate, .fsync, .link, .rename, .renameat, .unlinkat: ""
    }
  }

  private static func describe(_ qid: QID) -> String {
    let kind = qid.type.contains(.directory) ? "d" : qid.type.contains(.symbolicLink) ? "l" : "f"
    return "qid \(kind)\(qid.path).\(qid.version)"
  }

  private static func describe(_ lock: FileLock) -> String {
    "type \(lock.type) start \(lock.start) length \(lock.length) proc_id \(lock.process) client_id \(text(lock.client))"
  }

  private static func octal(_ value: UInt32) -> String { "0" + String(value, radix: 8) }

  /// At most 256 bytes; what is not printable ASCII appears as \xNN.
  private static func text(_ view: ByteView) -> String {
    var result = ""
    for byte in view.bytes.prefix(256) {
      if byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "\\") {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        result += "\\x" + byte.hexadecimalDigits(2)
      }
    }
    return result
  }
}
