// SPDX-License-Identifier: GPL-2.0-only
/* Tells each call that is watched: by which thread, when, and which. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 << 20);
} calls SEC(".maps");

__u64 lost = 0;

SEC("kprobe")
int on_call(void *context)
{
	__u64 call[3] = { (__u32)bpf_get_current_pid_tgid(), bpf_ktime_get_ns(), bpf_get_attach_cookie(context) };

	if (bpf_ringbuf_output(&calls, call, sizeof(call), 0) != 0)
		__sync_fetch_and_add(&lost, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
