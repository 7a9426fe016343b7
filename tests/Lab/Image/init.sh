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

# KVM patches the scheduler when the first VM comes and when the last one goes (see below). Where scenarios start many, one that sleeps stays.
if grep -qw lab.devices /proc/cmdline; then
	chroot /disk /dotnet/dotnet /app/hoststub.dll run /app/queuescaler -- set-pstates 0,0,0,0,0,0,0,0,0,0,0,0 --hold-ms 60000 >/tmp/sleeper 2>&1 </dev/null &
	for attempt in $(seq 200); do
		! grep -q 'guest: SetPState' /tmp/sleeper || break
		sleep 0.1
	done
fi

# Other CPUs come last: a kernel patches its own code while it boots and loads modules, and QEMU's parallel TCG now and then runs
# a stale copy of a patched instruction on another CPU.
for cpu in /sys/devices/system/cpu/cpu[1-9]*/online; do
	[ ! -e "$cpu" ] || echo 1 >"$cpu"
done
. /agent.sh
poweroff -f
