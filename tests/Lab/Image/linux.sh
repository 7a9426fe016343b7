# What a job on a machine with Linux guests may call: `hoststub serve` as its systemd unit has it, and VMs of stock QEMU above KVM.
# Users as Debian has them: the unit's own, and libvirt's of QEMU; both are in group kvm, and QEMU in the unit's.
# observing and answering are the capabilities that the drop-ins observed.conf (CAP_PERFMON) and answered.conf (CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_PERFMON, CAP_BPF) give.
# Limits below are seconds of a machine with nothing else to do, times $patience.
service=990 kvm=108 qemu=64055 nobody=65534 observing=+38 answering=+19+21+38+39
unit=/run/unit l2s=/run/l2

# policy <<END: the policy file.
policy() { cat >/etc/pollscale/policy.yaml; }

# serve_start [ARGUMENT...]: the unit with a drop-in that adds arguments; waits until it is ready. With favour=0 its threads may not come before others;
# $keeps is what its drop-in gives it, else that of observed.conf.
serve_start() {
	serve_stop >/dev/null
	mkdir -p $unit
	rm -rf $unit/*
	chmod 0777 $unit
	observed 2
	(umask 0117 && ulimit -n 65536 && ulimit -e $((20 + ${favour:-20})) && exec $programs/unit $unit $programs/as /disk $service${keeps:-$observing} $service,$kvm \
		/dotnet/dotnet /app/hoststub.dll serve --policy /etc/pollscale/policy.yaml --json "$@") >/tmp/serve.out 2>/tmp/serve.error </dev/null &
	echo $! >/tmp/unit.pid
	serve_ready
}

# observed LEVEL: what the drop-in observed.conf has systemd hand over, and the kernel's own limit.
observed() {
	export CREDENTIALS_DIRECTORY=/run/credentials
	mkdir -p -m 0711 $CREDENTIALS_DIRECTORY
	cp /sys/kernel/tracing/events/kvm/kvm_hypercall/format $CREDENTIALS_DIRECTORY/kvm_hypercall
	chown $service $CREDENTIALS_DIRECTORY/kvm_hypercall
	chmod 0400 $CREDENTIALS_DIRECTORY/kvm_hypercall
	echo "$1" >/proc/sys/kernel/perf_event_paranoid
}

serve_ready() {
	local attempt
	for attempt in $(seq $((150 * patience))); do
		[ ! -e $unit/ready ] || return 0
		unit_lives || break
		sleep 0.1
	done
	echo 'serve is not ready:'
	cat /tmp/serve.out /tmp/serve.error
	exit 97
}

unit_lives() { [ -s /tmp/unit.pid ] && [ -d "/proc/$(cat /tmp/unit.pid)" ]; }

# serve_pid: the daemon itself.
serve_pid() {
	local unit_pid pid
	read -r unit_pid </tmp/unit.pid
	read -r pid </proc/"$unit_pid"/task/"$unit_pid"/children
	echo "$pid"
}

# serve_nice: how the threads that serve pCPUs stand against others, a line each.
serve_nice() {
	local task
	for task in /proc/"$(serve_pid)"/task/*; do
		! grep -q '^pCPU' "$task/comm" || echo "$(cat "$task/comm") nice $(sed 's/.*) //' "$task/stat" | cut -d ' ' -f 17)"
	done
}

# serve_told WORDS: waits until it has told them.
serve_told() {
	local attempt
	for attempt in $(seq $((50 * patience))); do
		! grep -q "$1" /tmp/serve.out || return 0
		sleep 0.1
	done
	echo "serve tells nothing of '$1':"
	cut -c1-400 /tmp/serve.out | tail -n 12
	exit 95
}

# serve_restart: as systemctl restart does.
serve_restart() {
	rm -f $unit/ready
	kill -USR1 "$(cat /tmp/unit.pid)"
	serve_ready
}

# serve_stop: shows what it reported.
serve_stop() {
	unit_lives || return 0
	kill "$(cat /tmp/unit.pid)"
	while unit_lives; do sleep 0.1; done
	rm /tmp/unit.pid
	cat /tmp/serve.out
	cat /tmp/serve.error >&2
}

# serve_kill: kill -9 of the daemon, which systemd starts again after RestartSec=.
serve_kill() {
	rm -f $unit/ready
	kill -9 "$(serve_pid)"
}

# l2_start NAME KERNEL [QEMU ARGUMENT...]: boots a VM; KERNEL is 6.12 or 6.1. $l2_cpus vCPUs, vCPU n on pCPU $l2_pcpu + n; $l2_append goes to its kernel.
# Under QEMU's parallel TCG one hangs now and then before a job of ours has reached it: it is made anew, twice, and that is told.
l2_start() {
	local attempt
	for attempt in 1 2 3; do
		l2_boot "$@"
		! (l2_up "$1") >&2 || break
		[ $attempt -lt 3 ] || exit 125
		echo "VM $1 is made anew" | tee /dev/console >&2
		rm -f /tmp/l2.lost
	done
	l2_pin "$1" "${l2_pcpu:-0}"
}

l2_boot() {
	local name=$1 kernel=$2 folder=$l2s/$1
	shift 2
	l2_kill "$name"
	mkdir -p "$folder"
	mkfifo "$folder/agent.in" "$folder/agent.out" "$folder/monitor.in" "$folder/monitor.out"
	chown -R $qemu:$kvm "$folder"
	cat "$folder/monitor.out" >"$folder/monitor.log" 2>/dev/null &
	# The TSC of TCG is not invariant: KVM scales what a guest makes of it with each change of frequency, and timers stand still.
	(umask 0007 && exec $programs/as /l2 $qemu $kvm,$service /usr/bin/qemu-system-x86_64 -name "$name,debug-threads=on" -accel kvm -cpu host,tsc-deadline=off \
		-smp "${l2_cpus:-1}" -m 192 -display none -nodefaults -no-user-config -kernel "/boot/vmlinuz-$kernel" -initrd "/boot/initramfs-$kernel" \
		-append "console=ttyS0 quiet panic=1 maxcpus=1 no-kvmclock tsc=unstable clocksource=acpi_pm lsm=lockdown $l2_append" \
		-serial "file:$folder/console" -chardev "pipe,id=agent,path=$folder/agent" -serial chardev:agent \
		-chardev "pipe,id=monitor,path=$folder/monitor" -mon chardev=monitor "$@") >"$folder/qemu" 2>&1 </dev/null &
	echo $! >"$folder/pid"
}

# l2_up NAME: waits until its agent says that it is up.
l2_up() {
	l2_answer "$1" '"up"' "${2:-30}"
	l2_field boot >"$l2s/$1/boot"
}

# l2_pin NAME PCPU [VCPU]: its vCPU n on pCPU PCPU + n, as libvirt's vcpupin does; or that vCPU alone, on PCPU.
l2_pin() {
	local task vcpu pcpu
	for task in /proc/"$(cat $l2s/"$1"/pid)"/task/*; do
		vcpu=$(sed -n 's,^CPU \([0-9]*\)/KVM$,\1,p' "$task/comm")
		[ -n "$vcpu" ] && [ "$vcpu" = "${3:-$vcpu}" ] || continue
		pcpu=$2
		[ -n "$3" ] || pcpu=$((pcpu + vcpu))
		chroot /disk /bin/taskset -pc "$pcpu" "${task##*/}" >/dev/null
	done
}

# l2 NAME SCRIPT [SECONDS]: runs it in a VM as root; what it printed and its status.
l2() {
	local id script job
	id=$(($(cat /tmp/l2.jobs 2>/dev/null || echo 1000) + 1))
	echo $id >/tmp/l2.jobs
	script=$(printf '%s\n' "$2" | base64 -w 0)
	job="$id $((${3:-20} * patience))"
	job="$job $(printf %s "$job $script" | sha256sum | cut -c1-64) $script"
	l2_answer "$1" "\"id\":$id," "$((${3:-20} + 2))" "$job"
	l2_field error | base64 -d >&2
	l2_field out | base64 -d
	return "$(l2_field status)"
}

# l2_user NAME SCRIPT [SECONDS]: the same as uid nobody.
l2_user() { l2 "$1" "exec /as / $nobody $nobody sh -c '$(printf %s "$2" | sed "s/'/'\\\\''/g")'" "${3:-20}"; }

l2_field() { sed -E "s/.*\"$1\":\"?([^\",}]*).*/\1/" /tmp/l2.answer; }

# l2_answer NAME WORDS SECONDS [JOB]: asks the agent for the job; its line with these words. The serial port may garble or lose a line either way: then
# it is asked again. The pipes are opened for both directions, which waits for nobody. QEMU's parallel TCG now and then shuts a vCPU down, and its VM starts
# anew by itself, or hangs: that is the machine's failure, and the job's status 125 whatever comes of it.
l2_answer() {
	local end=$(($(cut -d . -f 1 /proc/uptime) + $3 * patience)) sum line
	[ -z "$4" ] || printf '%s\n' "$4" 1<>"$l2s/$1/agent.in"
	while [ "$(cut -d . -f 1 /proc/uptime)" -lt $end ] && [ -d "/proc/$(cat "$l2s/$1/pid")" ]; do
		timeout $((5 * patience)) head -n 1 <>"$l2s/$1/agent.out" >/tmp/l2.line
		read -r sum line </tmp/l2.line
		if [ "$(printf %s "$line" | sha256sum | cut -c1-64)" != "$sum" ]; then
			echo again 1<>"$l2s/$1/agent.in"
			continue
		fi
		printf %s "$line" >/tmp/l2.answer
		case $line in
		*$2*) return 0 ;;
		*'"up"'*) [ "$(l2_field boot)" = "$(cat "$l2s/$1/boot")" ] || { echo "VM $1 has started anew by itself" | tee /tmp/l2.lost; exit 125; } ;;
		esac
		[ -z "$4" ] || printf '%s\n' "$4" 1<>"$l2s/$1/agent.in" # it answered what was before, or says that this came garbled
	done
	echo "VM $1 does not answer:" | tee /tmp/l2.lost
	tail -n 20 "$l2s/$1/console"
	cat "$l2s/$1/qemu"
	exit 125
}

# l2_monitor NAME COMMAND: QEMU's monitor; its log is $l2s/NAME/monitor.log.
l2_monitor() { echo "$2" >"$l2s/$1/monitor.in"; }

# l2_reset NAME: the reset button.
l2_reset() {
	local before
	before=$(cat "$l2s/$1/boot")
	l2_monitor "$1" system_reset
	until l2_up "$1" && [ "$(cat "$l2s/$1/boot")" != "$before" ]; do :; done # else it was an old line
}

# l2_kill NAME: kill -9 of its QEMU.
l2_kill() {
	[ ! -s $l2s/"$1"/pid ] || kill -9 "$(cat $l2s/"$1"/pid)" 2>/dev/null
	while [ -s $l2s/"$1"/pid ] && [ -d "/proc/$(cat $l2s/"$1"/pid)" ]; do sleep 0.05; done
	rm -rf "${l2s:?}/$1"
}

# show: each CPU's frequency, governor and bounds as the kernel tells them.
show() { for n in 0 1; do (cd $cpufreq/policy$n && echo cpu$n $(cat scaling_cur_freq scaling_governor scaling_min_freq scaling_max_freq)); done; }

# until_khz PCPU KHZ [SECONDS]: waits for a frequency.
until_khz() {
	local end=$(($(cut -d . -f 1 /proc/uptime) + ${3:-10} * patience))
	until [ "$(cat $cpufreq/policy"$1"/scaling_cur_freq)" = "$2" ]; do
		[ "$(cut -d . -f 1 /proc/uptime)" -lt $end ] || { echo "CPU $1 does not come to $2 kHz:"; show; grep -v '"type":"sample"' /tmp/serve.out | tail -n 3; tail -n 8 /var/log/pollscale/audit.jsonl; exit 96; }
		sleep 0.1
	done
}

# serve_ensure: the daemon as the scenarios share it: VM a on pCPU 1, VM b on pCPU 0 with bounds, VM c with two vCPUs and without control, VM d with two
# vCPUs whose kernel sets their speed, VM e whose vCPU 2 alone is on pCPU 1, VM f with two vCPUs whose hypercalls are observed.
# At rest the pCPUs are at 800 MHz.
serve_ensure() {
	unit_lives && [ -e $unit/ready ] && return 0
	chown $service:$kvm $cpufreq/policy*/scaling_governor $cpufreq/policy*/scaling_setspeed $cpufreq/policy*/scaling_m*_freq
	policy <<-END
		version: 1
		defaults: {budget: {calls-per-second: 1000, burst: 2000}}
		guests:
		  - name: a
		    control: true
		    shmem: {listen: /run/pollscale/a.sock}
		    vcpus:
		      - {vcpu: 0, pcpu: 1, channel: {connect: /run/l2/a/poweragent.0}}
		  - name: b
		    control: true
		    fastest: 1
		    slowest: 3
		    budget: {calls-per-second: 20, burst: 200}
		    shmem: {listen: /run/pollscale/b.sock}
		    vcpus:
		      - {vcpu: 0, pcpu: 0}
		  - name: c
		    shmem: {listen: /run/pollscale/c.sock}
		    vcpus:
		      - {vcpu: 0, pcpu: 0}
		      - {vcpu: 1, pcpu: 1}
		  - name: d
		    control: true
		    shmem: {listen: /run/pollscale/d.sock}
		    vcpus:
		      - {vcpu: 0, pcpu: 0, channel: {debugcon: /run/l2/d/acpi0}}
		      - {vcpu: 1, pcpu: 1, channel: {debugcon: /run/l2/d/acpi1}}
		  - name: e
		    control: true
		    shmem: {listen: /run/pollscale/e.sock}
		    vcpus:
		      - {vcpu: 0, pcpu: 0}
		      - {vcpu: 1, pcpu: 0}
		      - {vcpu: 2, pcpu: 1}
		  - name: f
		    control: true
		    shmem: {listen: /run/pollscale/f.sock}
		    hypercall: observed
		    vcpus:
		      - {vcpu: 0, pcpu: 0}
		      - {vcpu: 1, pcpu: 1}
		pcpus:
		  - {pcpu: 0-1, rest: 4}
	END
	serve_start --frequency cpufreq --lease-dir /var/lib/pollscale --audit /var/log/pollscale/audit.jsonl
}

# l2_ensure NAME KERNEL [QEMU ARGUMENT...]: that VM, booted unless it is there.
l2_ensure() {
	[ ! -s $l2s/"$1"/is ] || [ "$(cat $l2s/"$1"/is)" != "$*" ] || [ ! -d /proc/"$(cat $l2s/"$1"/pid)" ] || return 0
	l2_start "$@"
	echo "$*" >$l2s/"$1"/is
}

# region NAME [VECTORS]: QEMU's arguments of the page that the daemon shares with a VM.
region() { echo "-chardev socket,path=/run/pollscale/$1.sock,id=ps0 -device ivshmem-doorbell,id=ps0,chardev=ps0,vectors=${2:-1}"; }

# port NAME: QEMU's arguments of the guest channel.
port() {
	echo "-device virtio-serial-pci,vectors=0 -chardev socket,path=$l2s/$1/poweragent.0,server=on,wait=off,id=port0" \
		"-device virtserialport,chardev=port0,name=virtio.serial.port.poweragent.0"
}

# acpi NAME: QEMU's arguments of all channels of a VM as the policy gives them, P-states for its own kernel among them.
acpi() {
	[ -s "/run/$1.qemu" ] || hoststub guest "$1" --policy /etc/pollscale/policy.yaml --frequency cpufreq --acpi-table "/run/$1.aml" --for qemu >"/run/$1.qemu"
	grep -v '^#' "/run/$1.qemu" | xargs
}

# vm_dpdk: VM d with Debian's librte_power in it.
vm_dpdk() {
	cat /l2/boot/initramfs-6.1 /l2/boot/dpdk >/run/initramfs-dpdk
	l2_more='-initrd /run/initramfs-dpdk' vm d 6.1
}

# bounds_of_d [YAML]: gives VM d bounds under its running kernel, or takes them away.
bounds_of_d() {
	sed -i '/name: d$/,/shmem/ { /fastest/d }' /etc/pollscale/policy.yaml
	[ -z "$1" ] || sed -i "/name: d\$/a\\    $1" /etc/pollscale/policy.yaml
	kill -HUP "$(cat /tmp/unit.pid)"
}

# vm NAME [KERNEL]: one of the scenarios' VMs with its region, usable by everybody in it; a has the guest channel too. The kernel of d sets the speed
# of both pCPUs as it likes: it has them for itself.
vm() {
	serve_ensure
	case $1 in
	d) l2_kill a && l2_kill b ;;
	*) l2_kill d ;;
	esac
	case $1 in
	d) l2_cpus=2 l2_append=lab.devices l2_ensure d "${2:-6.1}" $(acpi d) $l2_more ;;
	f) l2_cpus=2 l2_ensure f "${2:-6.12}" $(region f 2) ;;
	a) l2_pcpu=1 l2_ensure a "${2:-6.12}" $(region a) $(port a) ;;
	*) l2_ensure "$1" "${2:-6.12}" $(region "$1") ;;
	esac
	l2 "$1" 'killall -9 queuescaler guestprobe scribble hypercall_guest 2>/dev/null; rm -f /tmp/*.out; regions_for_all; [ ! -e /dev/vport0p1 ] || ports_for_all'
}

# ask NAME PSTATE: a process of user nobody in a VM asks for a P-state over the region and keeps wishing it for five minutes, in the background.
ask() {
	l2_user "$1" "rm -f /tmp/ask.out; \$guest set-pstates $2,$2,$2,$2,$2 --doorbell region --reply-ms 5000 --hold-ms 60000 >/tmp/ask.out 2>&1 & until [ -s /tmp/ask.out ]; do sleep 0.1; done; cat /tmp/ask.out"
}

# vm_answered [VCPUS]: VM g with two vCPUs and a region that nobody serves unless its doorbell rings; its hypercalls are answered from answers_start on.
vm_answered() {
	l2_kill g
	$programs/region_host $l2s/g.sock >/tmp/region_host 2>&1 </dev/null &
	until [ -S $l2s/g.sock ]; do sleep 0.1; done
	l2_cpus=${1:-2} l2_start g 6.12 -chardev socket,path=$l2s/g.sock,id=ps0 -device ivshmem-doorbell,id=ps0,chardev=ps0,vectors=1
	l2 g regions_for_all
}

# answers_start: the least host that has the hypercalls of VM g answered, as root.
answers_start() {
	local attempt
	answers_kill
	rm -f /tmp/answers.*
	(export POLLSCALE_ANSWER_PID=$(cat $l2s/g/pid) POLLSCALE_ANSWER_END=/tmp/answers.end POLLSCALE_ANSWER_TOLD=/tmp/answers.told
	exec chroot /disk /dotnet/dotnet /app/PollScale.Control.Tests.dll -explicit only -class '*.AnswerVm') >/tmp/answers.out 2>&1 </dev/null &
	echo $! >/tmp/answers.pid
	for attempt in $(seq $((300 * patience))); do
		[ ! -s /tmp/answers.told ] || return 0
		[ -d "/proc/$(cat /tmp/answers.pid)" ] || break
		sleep 0.1
	done
	echo 'hypercalls are not answered:'
	cat /tmp/answers.out
	exit 93
}

# answers_end, answers_kill: ends it so that it says how it went, or by kill -9.
answers_end() {
	touch /tmp/answers.end
	answers_gone
	grep -q 'Failed: 0' /tmp/answers.out
}

answers_kill() {
	[ -s /tmp/answers.pid ] || return 0
	kill -9 "$(cat /tmp/answers.pid)" 2>/dev/null
	answers_gone
}

answers_gone() { while [ -d "/proc/$(cat /tmp/answers.pid)" ]; do sleep 0.1; done; }

# answers VCPU NAME: a count of VM g's vCPU, no older than the call.
answers() {
	rm -f /tmp/answers.told
	until [ -s /tmp/answers.told ]; do sleep 0.05; done
	sed -nE "s/^vcpu $1 .* ?\\b$2 ([0-9]+).*/\\1/p" /tmp/answers.told
}

# answered VCPU SLOT PSTATE COUNT: hypercall_guest of user nobody in VM g.
answered() { l2_user g "/hypercall_guest \$(dirname \$(grep -l 0x1110 /sys/bus/pci/devices/*/device)) $1 $2 $3 $4" 60; }

# asked_no_more NAME: kill -9 of who asks.
asked_no_more() { l2 "$1" 'killall -9 queuescaler; true'; }
