# What a job on a machine with Linux guests may call for observed hypercalls: VM f, whose hypercalls serve_ensure or serve_f has observed, or serve_answered answered.

# serve_f [2]: the daemon for VM f alone, with one vCPU or two on pCPU 0, which may call as often as they like.
serve_f() {
	local second=
	[ -z "$1" ] || second=', {vcpu: 1, pcpu: 0}'
	serve_stop >/dev/null 2>&1
	chown $service:$kvm $cpufreq/policy0/scaling_governor $cpufreq/policy0/scaling_setspeed $cpufreq/policy0/scaling_m*_freq
	policy <<-END
		version: 1
		guests:
		  - name: f
		    control: true
		    budget: {calls-per-second: 1000000, burst: 100000}
		    shmem: {listen: /run/pollscale/f.sock}
		    hypercall: observed
		    vcpus: [{vcpu: 0, pcpu: 0}$second]
		pcpus:
		  - {pcpu: 0, rest: 4}
	END
	serve_start --frequency cpufreq --lease-dir /var/lib/pollscale --audit /var/log/pollscale/audit.jsonl
}

# serve_answered [YAML]: `hoststub serve` for VM f alone, whose hypercalls are answered within their exit, as its unit with the drop-in answered.conf has it, and VM f with it.
# YAML is what guest f has beside.
serve_answered() {
	serve_stop >/dev/null 2>&1
	l2_kill f
	chown $service:$kvm $cpufreq/policy*/scaling_governor $cpufreq/policy*/scaling_setspeed $cpufreq/policy*/scaling_m*_freq
	rm -f /var/log/pollscale/audit.jsonl*
	policy <<-END
		version: 1
		defaults: {budget: {calls-per-second: 1000, burst: 2000}}
		guests:
		  - name: f
		    control: true
		    shmem: {listen: /run/pollscale/f.sock}
		    hypercall: answered
		    ${1:-queries: true}
		    vcpus:
		      - {vcpu: 0, pcpu: 0}
		      - {vcpu: 1, pcpu: 1}
		pcpus:
		  - {pcpu: 0-1, rest: 4}
	END
	keeps=$answering serve_start --frequency cpufreq --lease-dir /var/lib/pollscale --audit /var/log/pollscale/audit.jsonl
	vm f
	observed_f
}

# vm_one: VM f with one vCPU, and room for another one, above a daemon that knows of two.
vm_one() {
	l2_cpus=1,maxcpus=2,sockets=1,cores=2 l2_start f 6.12 $(region f 2)
	l2 f regions_for_all
}

# call VCPU SLOT PSTATE COUNT: hypercall_guest of user nobody in VM f.
call() { l2_user f "/hypercall_guest \$(dirname \$(grep -l 0x1110 /sys/bus/pci/devices/*/device)) $1 $2 $3 $4" 60; }

# call_seen VCPU SLOT PSTATE COUNT KHZ0 KHZ1: call, with the pCPUs watched meanwhile: nobody repeats its wish, which lapses after 2 s. Both must have been seen at these.
call_seen() {
	local attempt watcher
	rm -f /tmp/seen
	(until [ "$(cat $cpufreq/policy0/scaling_cur_freq) $(cat $cpufreq/policy1/scaling_cur_freq)" = "$5 $6" ]; do sleep 0.05; done; : >/tmp/seen) &
	watcher=$!
	call "$@"
	for attempt in $(seq 20); do
		[ ! -e /tmp/seen ] || return 0
		sleep 0.1
	done
	kill $watcher
	echo "the pCPUs were never at $5 and $6 kHz:"
	show
	exit 96
}

# counted VCPU NAME: a count of VM f's vCPU in what serve reports at last.
counted() { grep -o "\"guest\":\"f\",\"vcpu\":$1,[^}]*" /tmp/serve.out | tail -n 1 | grep -o "\"$2\":[0-9]*" | cut -d : -f 2; }

# observed_f [FLAG]: waits until the hypercalls of VM f are observed, as its page tells; with 0, until they are not.
observed_f() {
	local attempt flags
	for attempt in $(seq $((10 * patience))); do
		flags=$(call 0 0 0 0 | sed 's/^flags \([0-9]*\).*/\1/')
		[ $((flags & 4)) != "${1:-4}" ] || return 0
		sleep 0.2
	done
	echo "flags of f's page: $flags"
	tail -n 3 /tmp/serve.out
	exit 94
}

# observe_f [YAML]: has its hypercalls observed under its running kernel, or not.
observe_f() {
	sed -i '/name: f$/,/vcpus/ { /hypercall:/d }' /etc/pollscale/policy.yaml
	[ -z "$1" ] || sed -i "/name: f\$/a\\    $1" /etc/pollscale/policy.yaml
	kill -HUP "$(cat /tmp/unit.pid)"
}

# watched COUNT: waits until serve watches the hypercalls of so many threads, as its open files tell; how long that took, in hundredths of a second.
watched() {
	local begin
	begin=$(uptime_cs)
	until [ "$(watches)" = "$1" ]; do
		[ $(($(uptime_cs) - begin)) -lt $((2000 * patience)) ] || { echo "serve watches $(watches) threads"; tail -n 3 /tmp/serve.out; exit 94; }
		sleep 0.05
	done
	echo "watched $1 after $(($(uptime_cs) - begin))"
}

watches() { ls -l /proc/"$(serve_pid)"/fd 2>/dev/null | grep -c 'anon_inode:\[perf_event\]'; }

uptime_cs() { sed 's/ .*//; s/\.//' /proc/uptime; }

# plug_f, unplug_f: its vCPU 1, used by its kernel; and taken away. How long it took until serve watched it, and until it did no longer.
plug_f() {
	l2_monitor f 'device_add host-x86_64-cpu,id=cpu1,socket-id=0,core-id=1,thread-id=0'
	watched 2
	l2 f 'cd /sys/devices/system/cpu; until [ -e cpu1/online ]; do sleep 0.1; done; echo 1 >cpu1/online'
}

unplug_f() {
	local attempt look
	l2 f 'echo 0 >/sys/devices/system/cpu/cpu1/online'
	for attempt in 1 2 3 4 5; do
		l2_monitor f 'device_del cpu1' # a request to the guest, which may lose it
		for look in $(seq 20); do [ "$(watches)" != 1 ] || break 2; sleep 0.1; done
	done
	watched 1
}
