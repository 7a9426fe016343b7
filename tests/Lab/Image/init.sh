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

# A VM that stays, for what KVM patches when the first one comes and the last one goes.
if [ -e /sys/devices/system/cpu/cpu1 ] && [ -c /dev/kvm ]; then
	/disk/app/prebuilt/vm_holder >/tmp/holder 2>&1 </dev/null &
	for attempt in $(seq 50); do
		[ ! -s /tmp/holder ] || break
		sleep 0.1
	done
	grep -q holding /tmp/holder || echo "LAB: no VM is held: $(cat /tmp/holder)"
fi

# Other CPUs come last: a kernel patches its own code while it boots and loads modules, and QEMU's parallel TCG now and then runs
# a stale copy of a patched instruction on another CPU.
for cpu in /sys/devices/system/cpu/cpu[1-9]*/online; do
	[ ! -e "$cpu" ] || echo 1 >"$cpu"
done
. /agent.sh
poweroff -f
