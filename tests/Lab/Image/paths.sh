# What a job may call to measure how a request gets to a pCPU's register, path by path (docs/paths.md). VM p, whose vCPU is on the last pCPU, asks by one path after
# the other; `hoststub bench paths` watches that pCPU; other guests make load, which are no more than what speaks the path's channel to the same host.
# $loads: what goes on beside, a word each: 0, or COUNTxRATE for so many guests that ask so often a second. $bursts: how many for a figure. $micro: doorbells of
# a micro-VM to be measured too. $own: measure too what the guest's own kernel asks through ACPI, and virtio-serial. $who: tell who had the CPU (turns.sh), but to DPDK's loop, which waits most of the time.

paths=/run/paths

# paths_all: every path beside every load, on one boot of the VM; what was told of them.
paths_all() {
	channel="{connect: $l2s/p/poweragent.0}"
	[ -z "$own" ] || channel="{debugcon: $l2s/p/acpi0}"
	paths_begin
	paths_watch
	if [ -n "$own" ]; then
		measure acpi cpufreq region /run/pollscale/load
		channel="{connect: $l2s/p/poweragent.0}"
		paths_reload ''
	fi
	measure region region region /run/pollscale/load
	[ -z "$own" ] || measure virtio-serial guest-channel channel $paths/load
	paths_reload 'hypercall: observed'
	measure observed region-hypercall region /run/pollscale/load
	paths_reload 'hypercall: answered'
	serve_told 'answered within their exit'
	measure answered region-hypercall hosted $paths/host
	module_load
	chown $service:0 /dev/pollscale
	paths_reload 'hypercall: module'
	granted p
	measure module hypercall hosted $paths/host
	serve_stop >/dev/null
	clocks
	for doorbell in $micro; do measure_micro "$doorbell"; done
	measure_loop dpdk-loop sleep
	paths_end
}

# paths_spinning: a daemon that looks at the page all the time, and DPDK's loop as it is, which burns its CPU between two looks.
paths_spinning() {
	page='{listen: /run/pollscale/p.sock, poll: true}' channel="{connect: $l2s/p/poweragent.0}"
	paths_begin
	paths_watch
	measure region-spinning region region /run/pollscale/load
	serve_stop >/dev/null
	clocks
	measure_loop dpdk-loop-spinning burn
	paths_end
}

# runs_on CPUS: this shell, and what it starts.
runs_on() { chroot /disk /bin/taskset -pc "$1" "$(exec sh -c 'echo $PPID')" >/dev/null; }

# everywhere: who names the vCPU's CPU, and sleeps, or is the vCPU.
everywhere() { [ "$last" = 0 ] || runs_on "0-$last"; }

# paths_begin: daemon and VM. Where the vCPU has a CPU of its own, all else runs on the first.
paths_begin() {
	[ "$last" = 0 ] || runs_on 0
	mkdir -p -m 0775 $paths
	chown $qemu:$kvm $paths
	unset DOTNET_TieredPGO # as the unit starts it
	chown $service:$kvm $cpufreq/policy*/scaling_governor $cpufreq/policy*/scaling_setspeed $cpufreq/policy*/scaling_m*_freq
	paths_policy ''
	keeps=$answering serve_start --frequency cpufreq --lease-dir /var/lib/pollscale --audit /var/log/pollscale/audit.jsonl
	vm_paths
}

# paths_policy YAML: guest p with $channel and $page, or with $vcpus, and, unless the kernel answers it, which takes no core that others share, as many that only ask as any load has.
paths_policy() {
	local n kernel= shmem=${page:-'{listen: /run/pollscale/p.sock}'} served=${vcpus:-"[{vcpu: 0, pcpu: $last, channel: $channel}]"}
	case $1 in *answered | *module) kernel=1 ;; esac
	{
		cat <<-END
			version: 1
			defaults: {budget: {calls-per-second: 1000000, burst: 100000}, queries: true}
			guests:
			  - name: p
			    control: true
			    shmem: $shmem
			    ${1:-queries: true}
			    vcpus: $served
		END
		for n in $(most_loads); do
			[ -n "$kernel" ] || printf '  - {name: load%s, shmem: {listen: /run/pollscale/load%s}, vcpus: [{vcpu: 0, pcpu: 0, channel: {connect: %s/load%s}}]}\n' "$n" "$n" $paths "$n"
		done
		printf 'pcpus:\n  - {pcpu: %s, rest: 4}\n' "$last"
	} | policy
}

# paths_reload YAML: gives guest p's policy another line under the running daemon.
paths_reload() {
	local changes attempt
	changes=$(grep -c '"type":"change"' /tmp/serve.out)
	paths_policy "$1"
	kill -HUP "$(cat /tmp/unit.pid)"
	for attempt in $(seq $((50 * patience))); do
		[ "$(grep -c '"type":"change"' /tmp/serve.out)" = "$changes" ] || break
		sleep 0.1
	done
	sleep 2
}

most_loads() {
	local load most=0
	for load in $loads; do
		[ "${load%x*}" -le $most ] || most=${load%x*}
	done
	seq $most
}

# vm_paths: VM p with a page, and two guest channels: 0 for the daemon, 1 for DPDK's loop. On a machine with one CPU its vCPU lets everybody else go first, who
# would have another CPU.
vm_paths() {
	local task devices pcpu=$last
	devices=$(region p ${l2_cpus:-1})
	[ -z "$vcpus" ] || pcpu=0
	[ -z "$own" ] || devices=$(acpi p)
	l2_append="nokaslr norandmaps${own:+ lab.devices}" l2_pcpu=$pcpu l2_start p 6.12 $devices $(port p) -chardev socket,path=$l2s/p/poweragent.1,server=on,wait=off,id=port1 \
		-device virtserialport,chardev=port1,name=virtio.serial.port.poweragent.1
	l2 p 'regions_for_all; ports_for_all'
	[ -z "$own" ] || l2 p 'cpu 0 scaling_governor userspace; cpu 0 scaling_setspeed 800000'
	[ "$last" = 0 ] || return 0
	for task in /proc/"$(cat $l2s/p/pid)"/task/*; do
		case $(cat "$task/comm") in
		CPU\ *) $programs/yielding "${task##*/}" || exit 92 ;;
		esac
	done
}

# paths_watch, paths_end: begins to watch, ends it and shows what it told.
paths_watch() {
	mount -t tracefs tracefs /disk/sys/kernel/tracing
	(everywhere; exec chroot /disk /dotnet/dotnet /app/hoststub.dll bench paths --cpu $last --baseline dpdk-loop --json) >/tmp/paths.out 2>/tmp/paths.error </dev/null &
	echo $! >/tmp/paths.pid
	until grep -q 'watches CPU' /tmp/paths.error; do
		[ -d "/proc/$(cat /tmp/paths.pid)" ] || { cat /tmp/paths.out /tmp/paths.error; exit 91; }
		sleep 0.1
	done
}

paths_end() {
	kill "$(cat /tmp/paths.pid)"
	while [ -d "/proc/$(cat /tmp/paths.pid)" ]; do sleep 0.1; done
	cat /tmp/paths.out
	cat /tmp/paths.error >&2
}

# bursts LABEL DOORBELL: of a process of user nobody in VM p; the guest's own clock is root's there.
bursts() {
	local user=l2_user
	echo "LAB: bursts by $1" >/dev/console
	[ "$2" != cpufreq ] || user=l2
	[ -z "$who" ] || turns_begin
	$user p "\$probe bench-bursts ${bursts:-100} --label \"$1\" --doorbell $2 --reply-ms 5000" 120
	[ -z "$who" ] || turns_end "$1"
}

# measure PATH DOORBELL KIND PREFIX: bursts by a path beside each load.
measure() {
	local load
	for load in $loads; do
		load "$3" "$4" "$load"
		bursts "$1 load $load" "$2"
		unload
	done
}

# measure_micro DOORBELL: the same of hoststub's own micro-VM on that pCPU.
measure_micro() {
	local load
	for load in $loads; do
		load hosted $paths/host "$load"
		echo "LAB: bursts by micro-vm-$1 load $load" >/dev/console
		(everywhere; hoststub run --frequency cpufreq --allow-frequency-control --lease-dir /tmp/lease --priority normal --cpu "$last" $probe -- \
			bench-bursts "${bursts:-100}" --label "micro-vm-$1 load $load" --doorbell "$1") || exit 89
		unload
	done
}

# measure_loop PATH sleep|burn: the same over the guest channel to DPDK's loop, which sleeps or burns its CPU between two looks.
measure_loop() {
	local load n channels
	for load in $loads; do
		load channel $paths/loop "$load"
		channels=$l2s/p/poweragent.1=$cpufreq/policy$last/scaling_setspeed
		for n in $(seq "${load%x*}"); do
			: >"/tmp/clock$n"
			channels="$channels $paths/loop$n=/tmp/clock$n"
		done
		$programs/dpdk_loop "$2" $channels >/tmp/loop 2>&1 </dev/null &
		echo $! >/tmp/loop.pid
		until grep -q serves /tmp/loop; do
			[ -d "/proc/$(cat /tmp/loop.pid)" ] || { cat /tmp/loop; exit 90; }
			sleep 0.1
		done
		who='' bursts "$1 load $load" 'guest-channel --cpu 1'
		kill "$(cat /tmp/loop.pid)"
		unload
		cat /tmp/loop
	done
}

# load KIND PREFIX LOAD: begins to make load at the sockets that begin with PREFIX, and lets it come up to speed; unload ends it and shows what it was. KIND is
# region or channel, or hosted for pages of the least host, which stands for a daemon of their own.
load() {
	local n kind=$1
	for n in $(seq "${3%x*}"); do
		if [ "$1" = hosted ]; then
			kind=region
			rm -f "$2$n"
			$programs/region_host "$2$n" >/dev/null 2>&1 </dev/null &
			until [ -S "$2$n" ]; do sleep 0.1; done
		fi
		$programs/as / $qemu $kvm,$service $programs/load_maker $kind "$2$n" "${3#*x}" >"/tmp/load.$n" 2>&1 </dev/null &
	done
	[ "$3" = 0 ] || sleep 3
}

unload() {
	killall load_maker region_host 2>/dev/null
	while pidof load_maker >/dev/null; do sleep 0.1; done
	cat /tmp/load.* 2>/dev/null
	rm -f /tmp/load.*
}

# this_host KERNEL [OPTION...]: `hoststub bench paths --this-host` in its own root, with QEMU of the other disk by a script that adds what TCG needs of a VM.
this_host() {
	local kernel=$1
	shift
	modules_of "$kernel"
	mkdir -p /run/this /tmp/l2
	mount --rbind /l2 /disk/tmp/l2
	mount -t tracefs tracefs /disk/sys/kernel/tracing
	cp /bin/busybox /run/busybox
	cat >/run/qemu <<-'END'
		#!/run/busybox sh
		for argument in "$@"; do
			shift
			case $argument in *rdinit=*) argument="no-kvmclock tsc=unstable clocksource=acpi_pm $argument" ;; esac
			set -- "$@" "$argument"
		done
		exec /run/busybox chroot /tmp/l2 /usr/bin/qemu-system-x86_64 "$@" -cpu host,tsc-deadline=off -global virtio-serial-pci.vectors=0
	END
	chmod 0755 /run/qemu
	rm -rf /run/pollscale # the service's own
	TMPDIR=/run/this hoststub bench paths --this-host --cpu "$last" --qemu /run/qemu --kernel "/boot/vmlinuz-$kernel" --modules /run/modules --guest $probe "$@" --json
}

# modules_of KERNEL: what /lib/modules would have of a guest's kernel, of which this machine has no more than the guest's initramfs.
modules_of() {
	local module needs=
	mkdir -p /run/modules
	(cd /run/modules && cpio -id 'modules/*') <"/l2/boot/initramfs-$1" 2>/dev/null
	printf '%s\n' virtio_pci.ko virtio_console.ko >/run/modules/modules.builtin
	for module in $(cat /run/modules/modules/order); do
		echo "modules/$module.ko:$needs"
		needs=" modules/$module.ko$needs"
	done >/run/modules/modules.dep
}
