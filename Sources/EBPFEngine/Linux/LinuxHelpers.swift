#if !hasFeature(Embedded)
  // The helpers of Linux that need nothing but numbers, memory and maps, by what programs may call them. Their numbers and
  // arguments are those of include/uapi/linux/bpf.h; sockets, tasks and other things of the kernel are left out, and with
  // them the helpers that take or give such.
  extension HelperTable {
    private typealias H = HelperSignature

    /// For programs of every type.
    static let linuxGeneric =
      [
        H(1, "map_lookup_elem", .map, .mapKey, result: .mapValueOrNull, of: .lookups),
        H(2, "map_update_elem", .writableMap, .mapKey, .mapValue, .scalar),
        H(3, "map_delete_elem", .writableMap, .mapKey),
        H(5, "ktime_get_ns"),
        H(6, "trace_printk", .readable, .size),
        H(7, "get_prandom_u32"),
        H(8, "get_smp_processor_id"),
        H(12, "tail_call", .context, .map, .scalar, of: MapKinds(.programArray), effect: .endsProgram),
        H(14, "get_current_pid_tgid"),
        H(15, "get_current_uid_gid"),
        H(16, "get_current_comm", .writable, .size),
        H(25, "perf_event_output", .context, .map, .scalar, .readable, .sizeOrZero, of: MapKinds(.perfEventArray)),
        H(28, "csum_diff", .readableOrNull, .sizeOrZero, .readableOrNull, .sizeOrZero, .scalar),
        H(35, "get_current_task"),
        H(37, "current_task_under_cgroup", .map, .scalar, of: MapKinds(.cgroupArray)),
        H(42, "get_numa_node_id"),
        H(46, "get_socket_cookie", .context),
        H(80, "get_current_cgroup_id"),
        H(
          81, "get_local_storage", .map, .scalar, result: .mapValue, of: MapKinds(.cgroupStorage, .perCPUCgroupStorage)),
        H(105, "strtol", .readable, .size, .scalar, .number),
        H(106, "strtoul", .readable, .size, .scalar, .number),
        H(118, "jiffies64"),
        H(120, "get_ns_current_pid_tgid", .scalar, .scalar, .writable, .size),
        H(123, "get_current_ancestor_cgroup_id", .scalar),
        H(125, "ktime_get_boot_ns"),
        H(160, "ktime_get_coarse_ns"),
        H(165, "snprintf", .writable, .sizeOrZero, .string, .readableOrNull, .sizeOrZero),
        H(177, "trace_vprintk", .readable, .size, .readableOrNull, .sizeOrZero),
        H(182, "strncmp", .readable, .size, .string),
        H(
          195, "map_lookup_percpu_elem", .map, .mapKey, .scalar, result: .mapValueOrNull,
          of: MapKinds(.perCPUHash, .perCPUArray, .lruPerCPUHash)),
        H(208, "ktime_get_tai_ns"),
      ] + ofMaps

    /// For those that look at the kernel's or a process's memory.
    static let linuxTracing = [
      H(4, "probe_read", .writable, .sizeOrZero, .anything),
      H(22, "perf_event_read", .map, .scalar, of: MapKinds(.perfEventArray)),
      H(27, "get_stackid", .context, .map, .scalar, of: MapKinds(.stackTrace)),
      H(36, "probe_write_user", .anything, .readable, .size),
      H(45, "probe_read_str", .writable, .sizeOrZero, .anything),
      H(55, "perf_event_read_value", .map, .scalar, .writable, .size, of: MapKinds(.perfEventArray)),
      H(56, "perf_prog_read_value", .context, .writable, .size),
      H(58, "override_return", .context, .scalar),
      H(67, "get_stack", .context, .writable, .sizeOrZero, .scalar),
      H(109, "send_signal", .scalar),
      H(112, "probe_read_user", .writable, .sizeOrZero, .anything),
      H(113, "probe_read_kernel", .writable, .sizeOrZero, .anything),
      H(114, "probe_read_user_str", .writable, .sizeOrZero, .anything),
      H(115, "probe_read_kernel_str", .writable, .sizeOrZero, .anything),
      H(117, "send_signal_thread", .scalar),
      H(119, "read_branch_records", .context, .writable, .sizeOrZero, .scalar),
      H(148, "copy_from_user", .writable, .sizeOrZero, .anything),
      H(173, "get_func_ip", .context),
      H(174, "get_attach_cookie", .context),
      H(176, "get_branch_snapshot", .writable, .sizeOrZero, .scalar),
      H(183, "get_func_arg", .context, .scalar, .number),
      H(184, "get_func_ret", .context, .number),
      H(185, "get_func_arg_cnt", .context),
    ]

    /// For those that see packets.
    static let linuxNetwork = [
      H(23, "redirect", .scalar, .scalar),
      H(51, "redirect_map", .map, .scalar, .scalar, of: MapKinds(.deviceMap, .deviceHash, .cpuMap, .xskMap)),
      H(69, "fib_lookup", .context, .writable, .size, .scalar),
      H(122, "get_netns_cookie", .anything),
      H(155, "redirect_peer", .scalar, .scalar),
      H(163, "check_mtu", .context, .scalar, .number, .scalar, .scalar),
    ]

    /// For those whose context is a `struct __sk_buff`, and others at sockets.
    static let linuxSocket = [
      H(9, "skb_store_bytes", .context, .scalar, .readable, .size, .scalar, effect: .movesPacket),
      H(10, "l3_csum_replace", .context, .scalar, .scalar, .scalar, .scalar, effect: .movesPacket),
      H(11, "l4_csum_replace", .context, .scalar, .scalar, .scalar, .scalar, effect: .movesPacket),
      H(13, "clone_redirect", .context, .scalar, .scalar, effect: .movesPacket),
      H(17, "get_cgroup_classid", .context),
      H(18, "skb_vlan_push", .context, .scalar, .scalar, effect: .movesPacket),
      H(19, "skb_vlan_pop", .context, effect: .movesPacket),
      H(20, "skb_get_tunnel_key", .context, .writable, .size, .scalar),
      H(21, "skb_set_tunnel_key", .context, .readable, .size, .scalar),
      H(24, "get_route_realm", .context),
      H(26, "skb_load_bytes", .context, .scalar, .writable, .size),
      H(29, "skb_get_tunnel_opt", .context, .writable, .size),
      H(30, "skb_set_tunnel_opt", .context, .readable, .size),
      H(31, "skb_change_proto", .context, .scalar, .scalar, effect: .movesPacket),
      H(32, "skb_change_type", .context, .scalar),
      H(33, "skb_under_cgroup", .context, .map, .scalar, of: MapKinds(.cgroupArray)),
      H(34, "get_hash_recalc", .context),
      H(38, "skb_change_tail", .context, .scalar, .scalar, effect: .movesPacket),
      H(39, "skb_pull_data", .context, .scalar, effect: .movesPacket),
      H(40, "csum_update", .context, .scalar),
      H(41, "set_hash_invalid", .context),
      H(43, "skb_change_head", .context, .scalar, .scalar, effect: .movesPacket),
      H(47, "get_socket_uid", .context),
      H(48, "set_hash", .context, .scalar),
      H(49, "setsockopt", .context, .scalar, .scalar, .readable, .size),
      H(50, "skb_adjust_room", .context, .scalar, .scalar, .scalar, effect: .movesPacket),
      H(52, "sk_redirect_map", .context, .map, .scalar, .scalar, of: MapKinds(.socketMap)),
      H(53, "sock_map_update", .context, .map, .mapKey, .scalar, of: MapKinds(.socketMap)),
      H(57, "getsockopt", .context, .scalar, .scalar, .writable, .size),
      H(59, "sock_ops_cb_flags_set", .context, .scalar),
      H(60, "msg_redirect_map", .context, .map, .scalar, .scalar, of: MapKinds(.socketMap)),
      H(61, "msg_apply_bytes", .context, .scalar),
      H(62, "msg_cork_bytes", .context, .scalar),
      H(63, "msg_pull_data", .context, .scalar, .scalar, .scalar, effect: .movesPacket),
      H(64, "bind", .context, .readable, .size),
      H(66, "skb_get_xfrm_state", .context, .scalar, .writable, .size, .scalar),
      H(68, "skb_load_bytes_relative", .context, .scalar, .writable, .size, .scalar),
      H(70, "sock_hash_update", .context, .map, .mapKey, .scalar, of: MapKinds(.socketHash)),
      H(71, "msg_redirect_hash", .context, .map, .mapKey, .scalar, of: MapKinds(.socketHash)),
      H(72, "sk_redirect_hash", .context, .map, .mapKey, .scalar, of: MapKinds(.socketHash)),
      H(73, "lwt_push_encap", .context, .scalar, .readable, .size, effect: .movesPacket),
      H(74, "lwt_seg6_store_bytes", .context, .scalar, .readable, .size, effect: .movesPacket),
      H(75, "lwt_seg6_adjust_srh", .context, .scalar, .scalar, effect: .movesPacket),
      H(76, "lwt_seg6_action", .context, .scalar, .readable, .size, effect: .movesPacket),
      H(79, "skb_cgroup_id", .context),
      H(82, "sk_select_reuseport", .context, .map, .mapKey, .scalar, of: MapKinds(.reuseportSockets)),
      H(83, "skb_ancestor_cgroup_id", .context, .scalar),
      H(90, "msg_push_data", .context, .scalar, .scalar, .scalar, effect: .movesPacket),
      H(91, "msg_pop_data", .context, .scalar, .scalar, .scalar, effect: .movesPacket),
      H(97, "skb_ecn_set_ce", .context, effect: .movesPacket),
      H(101, "sysctl_get_name", .context, .writable, .size, .scalar),
      H(102, "sysctl_get_current_value", .context, .writable, .size),
      H(103, "sysctl_get_new_value", .context, .writable, .size),
      H(104, "sysctl_set_new_value", .context, .readable, .size),
      H(135, "csum_level", .context, .scalar),
      H(142, "load_hdr_opt", .context, .writable, .size, .scalar),
      H(143, "store_hdr_opt", .context, .readable, .size, .scalar),
      H(144, "reserve_hdr_opt", .context, .scalar, .scalar),
      H(151, "skb_cgroup_classid", .context),
      H(152, "redirect_neigh", .scalar, .readableOrNull, .sizeOrZero, .scalar),
      H(186, "get_retval"),
      H(187, "set_retval", .scalar),
      H(192, "skb_set_tstamp", .context, .scalar, .scalar),
    ]

    /// For those whose context is a `struct xdp_md`.
    static let linuxXDP = [
      H(44, "xdp_adjust_head", .context, .scalar, effect: .movesPacket),
      H(54, "xdp_adjust_meta", .context, .scalar, effect: .movesPacket),
      H(65, "xdp_adjust_tail", .context, .scalar, effect: .movesPacket),
      H(188, "xdp_get_buff_len", .context),
      H(189, "xdp_load_bytes", .context, .scalar, .writable, .size),
      H(190, "xdp_store_bytes", .context, .scalar, .readable, .size),
    ]

    /// All of them; of programs whose type is not known.
    public static let linux = HelperTable(linuxGeneric + linuxTracing + linuxNetwork + linuxSocket + linuxXDP)
  }
#endif
