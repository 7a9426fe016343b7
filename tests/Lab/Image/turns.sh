# What a job may call to learn who has the CPU between a burst of VM p and the register: the kernel's trace of both, of its scheduler and of timers' interrupts. Tracing adds a
# microsecond or two to a burst.

turns=/sys/kernel/tracing/instances/turns
turns_events='kvm/kvm_cpuid power/cpu_frequency sched/sched_switch sched/sched_waking irq_vectors/local_timer_entry irq_vectors/local_timer_exit'

turns_begin() {
	local event
	mkdir $turns
	echo x86-tsc >$turns/trace_clock
	echo 40960 >$turns/buffer_size_kb
	echo 'function == 0x504d0000' >$turns/events/kvm/kvm_cpuid/filter
	for event in $turns_events; do echo 1 >$turns/events/$event/enable; done
}

# turns_end LABEL: of each burst a line `burst THREAD` of its vCPU, and those of its events, with ticks since the burst: `runs NAME/THREAD`, `wakes NAME/THREAD`, `timer`, `timer-ends`, `set`.
turns_end() {
	local event
	for event in $turns_events; do echo 0 >$turns/events/$event/enable; done
	echo "LAB: turns of $1"
	awk '
		function ticks() { match($0, / [0-9]+: /); return substr($0, RSTART + 1, RLENGTH - 3) + 0 }
		function who(name, thread) { sub("^.*" name "=", ""); at = index($0, " " thread "="); line = $0; sub("^.* " thread "=", "", line); return substr($0, 1, at - 1) "/" line + 0 }
		/^#/ { next }
		/ kvm_cpuid: / { begin = ticks(); on = 1; match($0, /KVM-[0-9]+/); kept = "burst " substr($0, RSTART + 4, RLENGTH - 4); next }
		!on { next }
		{ time = ticks() - begin; what = "" }
		/ sched_switch: / { what = "runs " who("next_comm", "next_pid") }
		/ sched_waking: / { what = "wakes " who("comm", "pid") }
		/ local_timer_entry: / { what = "timer" }
		/ local_timer_exit: / { what = "timer-ends" }
		/ cpu_frequency: state=3200000 / { print kept; print time " set"; on = 0 }
		what != "" { kept = kept "\n" time " " what }' $turns/trace
	rmdir $turns
}
