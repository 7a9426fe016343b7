#!/bin/busybox sh
# First process of an L1 machine: mounts, loads KVM, runs the agent.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
mkdir -p /dev/shm
mount -t tmpfs shm /dev/shm
lists=/modules/order
grep -qw lab.devices /proc/cmdline && lists="$lists /modules/drivers"
for module in $(cat $lists); do
	insmod "/modules/$module.ko" || echo "LAB: module $module does not load"
done
mount -t ext4 -o ro /dev/vda /disk || echo "LAB: the disk does not mount"
for folder in proc sys dev tmp; do
	mount --bind "/$folder" "/disk/$folder"
done

# Linux guests: stock QEMU with its own libraries, and what the service's folders are.
if grep -qw lab.linux /proc/cmdline; then
	mount -t ext4 -o ro /dev/vdb /l2 || echo "LAB: QEMU's disk does not mount"
	mount -t tmpfs -o mode=0755 run /run
	mkdir -p /etc/pollscale /var/lib/pollscale /var/log/pollscale /run/pollscale /run/l2
	chown 990:990 /var/lib/pollscale /var/log/pollscale /run/pollscale
	chmod 0750 /var/lib/pollscale /var/log/pollscale
	chown 0:108 /dev/kvm
	chmod 0660 /dev/kvm
	for folder in run etc var; do
		mount --bind "/$folder" "/disk/$folder"
	done
	for folder in proc sys dev tmp run; do
		mount --bind "/$folder" "/l2/$folder"
	done
fi

# Where instructions are the clock, it runs on while a disk is read, the faster the busier the real machine is: what jobs read is read before.
if grep -qw lab.counts /proc/cmdline; then
	cat /disk/app/*.dll /disk/app/prebuilt/* /l2/usr/bin/* /l2/boot/* >/dev/null 2>&1
fi

# For the tracepoint of hypercalls; root's alone.
mount -t tracefs tracefs /sys/kernel/tracing

# VMs that stay, for what KVM patches when the first one comes and the last one goes.
if [ -e /sys/devices/system/cpu/cpu1 ] && [ -c /dev/kvm ]; then
	/disk/app/prebuilt/vm_holder >/tmp/holder 2>&1 </dev/null &
	for attempt in $(seq 50); do
		[ ! -s /tmp/holder ] || break
		sleep 0.1
	done
	grep -q holding /tmp/holder || echo "LAB: no VM is held: $(cat /tmp/holder)"
	# A second one who watches: with a third, a BPF program, the kernel patches nothing.
	echo 1 >/sys/kernel/tracing/events/kvm/kvm_hypercall/enable
fi

# The first change of frequency tells the kernel that its TSC is not even: it patches its clock then.
policy=/sys/devices/system/cpu/cpufreq/policy0
if [ -e $policy ]; then
	slowest=$(cat $policy/scaling_min_freq) fastest=$(cat $policy/scaling_max_freq)
	echo "$slowest" >$policy/scaling_max_freq
	echo "$fastest" >$policy/scaling_max_freq
	echo "$fastest" >$policy/scaling_min_freq
	echo "$slowest" >$policy/scaling_min_freq
fi

# Other CPUs come last: a kernel patches its own code while it boots and loads modules, and QEMU's parallel TCG now and then runs
# a stale copy of a patched instruction on another CPU.
for cpu in /sys/devices/system/cpu/cpu[1-9]*/online; do
	[ ! -e "$cpu" ] || echo 1 >"$cpu"
done
. /agent.sh
poweroff -f
