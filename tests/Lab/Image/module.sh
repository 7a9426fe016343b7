# What a job may call for the kernel module; the daemon's part has module_grant. On a machine with Linux guests its VM is m, without a device of hoststub's, with
# vCPU 0 on the last pCPU, and `hoststub serve` rests.

last=$(($(ls -d $cpufreq/policy* 2>/dev/null | wc -l) - 1))

# clocks: takes the pCPUs over as the daemon does, at 800 MHz.
clocks() {
	local n
	for n in $cpufreq/policy*; do
		echo userspace >"$n/scaling_governor"
		echo 800000 >"$n/scaling_setspeed"
	done
}

# vm_module: that VM, the module, nothing granted, and a kernel log that begins here.
vm_module() {
	local folder
	serve_stop >/dev/null 2>&1
	for folder in /run/grant/*; do [ ! -d "$folder" ] || grant_end "${folder##*/}"; done
	clocks
	l2_pcpu=$last l2_ensure m 6.12
	l2_pin m $last
	dmesg -c >/dev/null
	module_load
}

# serve_module [YAML]: `hoststub serve` for VM m alone, whose vCPU 0 is on the last pCPU and is granted by the module, as its unit with the drop-in module.conf has it.
# YAML is what guest m has beside; $module_more what the policy has behind it.
serve_module() {
	serve_stop >/dev/null 2>&1
	chown $service:$kvm $cpufreq/policy*/scaling_governor $cpufreq/policy*/scaling_setspeed $cpufreq/policy*/scaling_m*_freq
	[ ! -e /dev/pollscale ] || chown $service:0 /dev/pollscale
	rm -f /var/log/pollscale/audit.jsonl*
	policy <<-END
		version: 1
		guests:
		  - name: m
		    control: true
		    hypercall: module
		    process: $l2s/m/pid
		    ${1:-queries: true}
		    vcpus:
		      - {vcpu: 0, pcpu: $last}
		pcpus:
		  - {pcpu: $last, rest: 4}
		$module_more
	END
	serve_start --frequency cpufreq --lease-dir /var/lib/pollscale --audit /var/log/pollscale/audit.jsonl
}

# granted NAME: waits until Hello of that VM is answered by the kernel module.
granted() {
	local attempt
	for attempt in $(seq $((20 * patience))); do
		[ "$(l2_user "$1" '/module_guest call 0 1')" != '0 1 -> 65541' ] || return 0
		sleep 0.2
	done
	echo "VM $1 is not granted:"
	grep -v '"type":"sample"' /tmp/serve.out | cut -c1-600 | tail -n 5
	exit 94
}

granted_m() { granted m; }

# audited WORDS: waits until the audit log has them, and shows their lines.
audited() {
	local attempt
	for attempt in $(seq $((20 * patience))); do
		! grep "$1" /var/log/pollscale/audit.jsonl || return 0
		sleep 0.2
	done
	echo "not in the audit log: $1"
	tail -n 5 /var/log/pollscale/audit.jsonl
	return 93
}

module_load() { grep -q '^pollscale_kvm ' /proc/modules || insmod /pollscale_kvm.ko; }

# log_clean: fails where the kernel complained. A CPU that the machine below did not let run looks locked up, which is no fault of the kernel's.
log_clean() {
	dmesg | grep -v 'soft lockup' | grep -E 'WARNING|BUG|Oops|RIP:|Call Trace|protection fault|refcount|rcu.*stall|blocked for more than|pollscale_kvm: .*(cannot|no function|built for)' || return 0
	dmesg | tail -n 40
	return 98
}

# grant NAME PCPU [NAME=VALUE...]: grants vCPU 0 of VM m; what became of it.
grant() {
	local name=$1 pcpu=$2
	shift 2
	grant_of "$name" "$(cat $l2s/m/pid)" 'CPU 0/KVM' "$pcpu" "$@"
}

# grant_of NAME PROCESS THREAD PCPU [NAME=VALUE...]
grant_of() {
	local folder=/run/grant/$1 attempt
	shift
	rm -rf "$folder"
	mkdir -p "$folder"
	$programs/module_grant "$folder" "$@" >"$folder/error" 2>&1 </dev/null &
	echo $! >"$folder/pid"
	for attempt in $(seq $((50 * patience))); do
		[ ! -s "$folder/grant" ] || break
		sleep 0.1
	done
	cat "$folder/grant" "$folder/error"
}

# grant_end NAME: closes the device.
grant_end() {
	kill "$(cat /run/grant/"$1"/pid)" 2>/dev/null
	while [ -d "/proc/$(cat /run/grant/"$1"/pid)" ]; do sleep 0.05; done
	rm -rf "/run/grant/$1"
}

# grant_withdraw NAME: withdraws it, the device stays open.
grant_withdraw() {
	kill -USR1 "$(cat /run/grant/"$1"/pid)"
	sleep 1
}

# grant_state NAME
grant_state() {
	rm -f "/run/grant/$1/state"
	kill -USR2 "$(cat /run/grant/"$1"/pid)"
	until [ -e "/run/grant/$1/state" ]; do sleep 0.1; done
	cat "/run/grant/$1/state"
}

# grant_rest NAME: takes its wish back, at the slowest frequency: what one was told that has not seen the last call, and one that has.
grant_rest() {
	rm -f "/run/grant/$1/rest"
	kill -HUP "$(cat /run/grant/"$1"/pid)"
	until [ -s "/run/grant/$1/rest" ]; do sleep 0.1; done
	cat "/run/grant/$1/rest"
}

# calls OP ARGUMENT [OP ARGUMENT...]: of a process of user nobody in VM m.
calls() { l2_user m "/module_guest call $*"; }

# own_vm: a VM without QEMU on the last pCPU, whose vCPU is its program's first thread.
own_vm() {
	rm -f /run/own /tmp/own.out
	mkfifo /run/own
	taskset "$((1 << last))" $programs/hypercall_vm <>/run/own >/tmp/own.out 2>&1 &
	echo $! >/tmp/own.pid
	own_told up
}

# own_told LINE [COUNT]: waits until it has told that line so often.
own_told() {
	local attempt
	for attempt in $(seq $((50 * patience))); do
		[ "$(grep -cx "$1" /tmp/own.out)" -lt "${2:-1}" ] || return 0
		sleep 0.1
	done
	echo "not told: $1"
	cat /tmp/own.out
	return 94
}

# own_calls OP ARGUMENT [OP ARGUMENT...]: what it was answered.
own_calls() {
	local told
	while [ $# -gt 1 ]; do
		told=$(wc -l </tmp/own.out)
		echo "$1 $2" >/run/own
		while [ "$(wc -l </tmp/own.out)" = "$told" ]; do [ -d "/proc/$(cat /tmp/own.pid)" ] || return 93; sleep 0.05; done
		tail -n 1 /tmp/own.out
		shift 2
	done
}
