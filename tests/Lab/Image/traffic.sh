# What a job may call to have the sample forward the same packets in a Linux guest by one path of its requests after the other (docs/paths.md).

trace=/sys/kernel/tracing/instances/traffic

# traffic_all TRAFFIC...: by each path, on one boot of VM p, whose only vCPU has both who sends and who forwards; each is 'GOVERNOR LOW HIGH ROUNDS MS [batch]',
# packets as Image/packets.c sends them. Where several share a CPU, who has to wait is who polls: the vCPU on the host, and the sample in the VM.
traffic_all() {
	local port=$l2s/p/poweragent.0
	loads=0 channel="{connect: $port}"
	export DOTNET_TieredCompilation=0 # a daemon that compiles anew beside takes its turns on the only CPU
	paths_begin
	mkdir $trace
	echo x86-tsc >$trace/trace_clock
	echo 'function == 0x504d0000' >$trace/events/kvm/kvm_cpuid/filter
	echo 1 >$trace/events/kvm/kvm_cpuid/enable
	echo 1 >$trace/events/power/cpu_frequency/enable
	traffic region region "$@"
	traffic virtio-serial guest-channel "$@"
	paths_reload 'hypercall: observed'
	traffic observed region-hypercall "$@"
	paths_reload 'hypercall: answered'
	serve_told 'answered within their exit'
	traffic answered region-hypercall "$@"
	module_load
	chown $service:0 /dev/pollscale
	paths_reload 'hypercall: module'
	granted p
	traffic module hypercall "$@"
	serve_stop >/dev/null
	clocks
	$programs/dpdk_loop sleep "$port=$cpufreq/policy$last/scaling_setspeed" >/tmp/loop 2>&1 </dev/null &
	until grep -q serves /tmp/loop; do sleep 0.1; done
	traffic dpdk-loop guest-channel "$@"
}

# traffic PATH DOORBELL TRAFFIC...: what generator and forwarder tell of each, and what the kernel traced: rounds of packets and changes of frequency.
traffic() {
	local path=$1 doorbell=$2 sends governor
	shift 2
	for sends; do
		echo "LAB: traffic by $path: $sends" | tee /dev/console
		echo >$trace/trace
		governor=${sends%% *}
		forward_begin p "$doorbell" ${sends#* } || exit 88
		forward_end p
		grep -v '^#' $trace/trace
	done
}

# forward_begin NAME DOORBELL LOW HIGH ROUNDS MS [batch]: user nobody of a VM sends packets on vCPU 0 and forwards them in the background: on vCPU 1, or, with
# $governor, by that on vCPU 0 as well, while nobody else there wants it, and slower at a slower P-state, as on a CPU whose register is none of pc-testdev's.
forward_begin() {
	local name=$1 doorbell=$2 lower= options='--cpu 1'
	shift 2
	[ -z "$governor" ] || lower='renice -n 19 -p $!;' options="--cpu 0 --governor $governor --work-slows --burst 1"
	l2_user "$name" "rm -f /tmp/packets; taskset 1 /packets /tmp/packets $* >/tmp/packets.out 2>&1 &
		until [ -s /tmp/packets ]; do sleep 0.1; done; sleep 0.5
		\$guest --region /tmp/packets --doorbell $doorbell $options --reply-ms 5000 --work-ns 250000 --default-route >/tmp/forward.out 2>&1 & $lower
		until grep -q P-states /tmp/forward.out; do pidof queuescaler >/dev/null || { cat /tmp/forward.out; exit 1; }; sleep 0.1; done"
}

# forward_end NAME: waits for the end, and shows what both tell.
forward_end() { l2 "$1" 'while pidof packets queuescaler >/dev/null; do sleep 0.2; done; cat /tmp/packets.out /tmp/forward.out' 60; }
