#if !hasFeature(Embedded)
  /// What programs of a kind find when they run: uIO's, and those of Linux by their type.
  public struct ProgramType: Sendable {
    /// As `--context` names it.
    public let name: String
    /// What it is for, in a few words.
    public let summary: String
    /// What names of sections begin with, up to their end or something that is no letter: as libbpf tells types by them.
    let sections: [String]
    public let context: [VerifierEnvironment.ContextField]
    public let helpers: HelperTable
    /// Of the packet; none where the context leads to none.
    public let packetRights: MemoryRights
    /// Whether programs may use BPF_ABS and BPF_IND.
    public let allowsPacketLoads: Bool
    /// Whether addresses may leak: the programs read all of the kernel's memory anyway.
    public let allowsLeaks: Bool

    private init(
      _ name: String, _ summary: String, _ sections: [String], _ context: [VerifierEnvironment.ContextField],
      _ helpers: [HelperSignature], packetRights: MemoryRights = [], allowsLeaks: Bool = false,
      allowsPacketLoads: Bool = false
    ) {
      self.name = name
      self.summary = summary
      self.sections = sections
      self.context = context
      self.helpers = HelperTable(helpers)
      self.packetRights = packetRights
      self.allowsLeaks = allowsLeaks
      self.allowsPacketLoads = allowsPacketLoads
    }

    /// Bytes of the context.
    public var contextSize: Int { context.reduce(0) { max($0, $1.offset + $1.size) } }
    /// Whether programs of the type are uIO's.
    public var isOfUIO: Bool { name == Self.uio.name }

    /// The environment of a program with those maps.
    public func environment(maps: [VerifierEnvironment.Map]) -> VerifierEnvironment {
      guard !isOfUIO else { return .uio(maps: maps) }
      var environment = VerifierEnvironment(context: context, maps: maps, helpers: helpers)
      environment.allowsLeaks = allowsLeaks
      environment.allowsUnaligned = true
      environment.overwritesPointers = true
      environment.packetRights = packetRights
      environment.allowsPacketLoads = allowsPacketLoads
      return environment
    }

    // MARK: Contexts

    private typealias Field = VerifierEnvironment.ContextField

    private static func readable(_ size: Int) -> [Field] { [Field(offset: 0, size: size, rights: .read)] }

    /// A `struct __sk_buff` (include/uapi/linux/bpf.h); its pointers to other structures are left out.
    private static let socketBuffer =
      [
        Field(offset: 0, size: 76, rights: .read),
        Field(offset: 76, size: 4, rights: .read, content: .packet),
        Field(offset: 80, size: 4, rights: .read, content: .packetEnd),
        Field(offset: 84, size: 56, rights: .read),
        Field(offset: 140, size: 4, rights: .read, content: .packetMeta),
        Field(offset: 152, size: 16, rights: .read),
        Field(offset: 176, size: 16, rights: .read),
      ] + [(8, 8), (32, 4), (44, 24), (72, 4), (152, 8)].map { Field(offset: $0.0, size: $0.1, rights: .readWrite) }

    private static let expressDataPath = [
      Field(offset: 0, size: 4, rights: .read, content: .packet),
      Field(offset: 4, size: 4, rights: .read, content: .packetEnd),
      Field(offset: 8, size: 4, rights: .read, content: .packetMeta),
      Field(offset: 12, size: 12, rights: .read),
    ]

    /// `struct sk_msg_md`, and `struct sk_reuseport_md`, whose addresses have 8 bytes.
    private static func message(_ size: Int) -> [Field] {
      [
        Field(offset: 0, size: 8, rights: .read, content: .packet),
        Field(offset: 8, size: 8, rights: .read, content: .packetEnd),
        Field(offset: 16, size: size - 16, rights: .read),
      ]
    }

    private static func writable(_ size: Int) -> [Field] { [Field(offset: 0, size: size, rights: .readWrite)] }

    // MARK: Types

    public static let uio = ProgramType(
      "uio", "programs of uIO, started by bpf_exec or bpf_attach", [], ProgramContext.fields,
      HelperTable.uio.signatures)

    private static let tracing = HelperTable.linuxGeneric + HelperTable.linuxTracing
    private static let socket = HelperTable.linuxGeneric + HelperTable.linuxNetwork + HelperTable.linuxSocket

    /// All types, uIO's first.
    public static let all: [ProgramType] = [
      uio,
      ProgramType(
        "linux-tracing", "at a function of the kernel or a process; the context is struct pt_regs",
        ["kprobe", "kretprobe", "uprobe", "uretprobe", "ksyscall", "kretsyscall", "usdt"], readable(168), tracing,
        allowsLeaks: true),
      ProgramType(
        "linux-xdp", "at a network device; struct xdp_md and the packet", ["xdp"], expressDataPath,
        HelperTable.linuxGeneric + HelperTable.linuxNetwork + HelperTable.linuxXDP, packetRights: .readWrite),
      ProgramType(
        "linux-socket", "at a socket; struct __sk_buff and the packet", ["socket"], socketBuffer, socket,
        packetRights: .readWrite, allowsPacketLoads: true),
      ProgramType(
        "linux-tracepoint", "at a tracepoint, with its fields", ["tracepoint", "tp"], readable(2048), tracing),
      ProgramType(
        "linux-raw-tracepoint", "at a tracepoint, with its arguments", ["raw_tracepoint", "raw_tp"], readable(96),
        tracing,
        allowsLeaks: true),
      ProgramType(
        "linux-perf-event", "at an event of the processor; struct bpf_perf_event_data", ["perf_event"], readable(184),
        tracing),
      ProgramType(
        "linux-function", "at a function with types: fentry, fexit, LSM hooks and the like",
        ["fentry", "fexit", "fmod_ret", "tp_btf", "lsm", "lsm_cgroup", "iter", "struct_ops", "freplace"], readable(96),
        tracing, allowsLeaks: true),
      ProgramType(
        "linux-tc", "at traffic control; struct __sk_buff and the packet",
        [
          "tc", "tcx", "netkit", "classifier", "action", "lwt_in", "lwt_out", "lwt_xmit", "lwt_seg6local",
          "flow_dissector",
        ],
        socketBuffer, socket, packetRights: .readWrite, allowsPacketLoads: true),
      ProgramType(
        "linux-cgroup-skb", "at a control group; struct __sk_buff and the packet", ["cgroup_skb", "cgroup/skb"],
        socketBuffer, socket, packetRights: .read),
      ProgramType(
        "linux-sk-skb", "at a map of sockets; struct __sk_buff and the data", ["sk_skb"], socketBuffer, socket,
        packetRights: .readWrite),
      ProgramType(
        "linux-sk-msg", "at a message of a socket; struct sk_msg_md and the data", ["sk_msg"], message(72), socket,
        packetRights: .readWrite),
      ProgramType(
        "linux-sk-reuseport", "at sockets of one port; struct sk_reuseport_md", ["sk_reuseport"], message(40), socket,
        packetRights: .read),
      ProgramType(
        "linux-sockops", "at events of a socket; struct bpf_sock_ops", ["sockops"],
        readable(168) + [Field(offset: 4, size: 16, rights: .readWrite), Field(offset: 176, size: 8, rights: .read)]
          + [Field(offset: 216, size: 8, rights: .read)], socket),
      ProgramType(
        "linux-cgroup-sock", "at the making of a socket; struct bpf_sock",
        ["cgroup/sock", "cgroup/sock_create", "cgroup/sock_release", "cgroup/post_bind4", "cgroup/post_bind6"],
        readable(80) + [Field(offset: 0, size: 4, rights: .readWrite), Field(offset: 16, size: 8, rights: .readWrite)],
        socket),
      ProgramType(
        "linux-cgroup-address", "at the addresses of a socket; struct bpf_sock_addr",
        ["bind", "connect", "sendmsg", "recvmsg", "getpeername", "getsockname"].flatMap { name in
          ["4", "6", "_unix"].map { "cgroup/\(name)\($0)" }
        }, writable(64), socket),
      ProgramType("linux-cgroup-device", "at devices; struct bpf_cgroup_dev_ctx", ["cgroup/dev"], readable(12), socket),
      ProgramType(
        "linux-cgroup-sysctl", "at settings; struct bpf_sysctl", ["cgroup/sysctl"],
        readable(8) + [Field(offset: 4, size: 4, rights: .readWrite)], socket),
      ProgramType(
        "linux-sk-lookup", "at the search for a socket; struct bpf_sk_lookup", ["sk_lookup"],
        [Field(offset: 8, size: 64, rights: .read)], socket),
      ProgramType("linux-syscall", "called by a process; its own bytes", ["syscall"], writable(4096), tracing),
    ]

    /// The type of that name.
    public static func named(_ name: String) -> ProgramType? { all.first { $0.name == name } }

    /// The type that Linux's libbpf takes from a section's name: the longest that it begins with. Programs of other
    /// sections are taken for those of sockets.
    public static func ofSection(_ section: String) -> ProgramType {
      var found: (type: ProgramType, length: Int)?
      for type in all {
        for prefix in type.sections where section.hasPrefix(prefix) && prefix.utf8.count > found?.length ?? 0 {
          let rest = section.dropFirst(prefix.count)
          if rest.first?.isLetter != true { found = (type, prefix.utf8.count) }
        }
      }
      return found?.type ?? all[3]
    }
  }
#endif
