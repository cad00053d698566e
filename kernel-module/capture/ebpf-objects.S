/* SPDX-License-Identifier: GPL-2.0-only */
	.section .rodata
	.balign 8
	.globl ebpf_loads_start, ebpf_loads_end
ebpf_loads_start:
	.incbin "capture-loads.bpf.o"
ebpf_loads_end:
	.balign 8
	.globl ebpf_probes_start, ebpf_probes_end
ebpf_probes_start:
	.incbin "capture-probes.bpf.o"
ebpf_probes_end:
	.balign 8
	.globl ebpf_probes_stacks_start, ebpf_probes_stacks_end
ebpf_probes_stacks_start:
	.incbin "capture-probes-stacks.bpf.o"
ebpf_probes_stacks_end:
	.section .note.GNU-stack, "", %progbits
