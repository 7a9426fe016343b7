# What a job may call to have the sample forward the same packets in a Linux guest by one path of its requests after the other (docs/paths.md). VM p has two vCPUs on a
# pCPU each: vCPU 0 sends, vCPU 1 forwards.

# traffic_all LOW HIGH ROUNDS MS: packets as Image/packets.c sends them, by each path.
traffic_all() {
	local port=$l2s/p/poweragent.1
	sends="$*" loads=0
	vcpus="[{vcpu: 0, pcpu: 0}, {vcpu: 1, pcpu: 1, channel: {connect: $port}}]"
	export l2_cpus=2
	paths_begin
	traffic region region
	traffic virtio-serial guest-channel
	paths_reload 'hypercall: observed'
	traffic observed region-hypercall
	paths_reload 'hypercall: answered'
	serve_told 'answered within their exit'
	traffic answered region-hypercall
	module_load
	chown $service:0 /dev/pollscale
	paths_reload 'hypercall: module'
	granted p
	traffic module hypercall
	serve_stop >/dev/null
	clocks
	$programs/dpdk_loop sleep "$port=$cpufreq/policy1/scaling_setspeed" >/tmp/loop 2>&1 </dev/null &
	until grep -q serves /tmp/loop; do sleep 0.1; done
	traffic dpdk-loop guest-channel
}

# traffic PATH DOORBELL: sends once; what generator and forwarder tell, and how long pCPU 1 had which frequency meanwhile, in 10 ms.
traffic() {
	local before
	echo "LAB: traffic by $1" | tee /dev/console
	before=$(frequency_times)
	forward_begin p "$2" $sends
	forward_end p
	echo "$before" "$(frequency_times)" | awk '{ n = NF / 2; for (i = 2; i <= n; i += 2) printf "%s kHz %d\n", $(i - 1), $(n + i) - $i }'
}

# forward_begin NAME DOORBELL LOW HIGH ROUNDS MS: user nobody of a VM with two vCPUs sends packets on vCPU 0 and forwards them on vCPU 1, in the background.
forward_begin() {
	local name=$1 doorbell=$2
	shift 2
	l2_user "$name" "rm -f /tmp/packets; taskset 1 /packets /tmp/packets $* >/tmp/packets.out 2>&1 &
		until [ -s /tmp/packets ]; do sleep 0.1; done; sleep 0.5
		\$guest --region /tmp/packets --doorbell $doorbell --cpu 1 --reply-ms 5000 --work-ns 250000 --default-route >/tmp/forward.out 2>&1 &
		until grep -q P-states /tmp/forward.out; do pidof queuescaler >/dev/null || { cat /tmp/forward.out; exit 1; }; sleep 0.1; done"
}

# forward_end NAME: waits for the end, and shows what both tell.
forward_end() { l2 "$1" 'while pidof packets queuescaler >/dev/null; do sleep 0.2; done; cat /tmp/packets.out /tmp/forward.out' 60; }

frequency_times() { xargs <$cpufreq/policy1/stats/time_in_state; }
