#!/bin/busybox sh
# First process of a Linux guest (L2): mounts, loads what its devices need, runs the agent on the second serial port.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t securityfs security /sys/kernel/security
mount -t tmpfs tmp /tmp
chmod 1777 /tmp
for module in $(cat /modules/order); do
	insmod "/modules/$module.ko" || echo "LAB: module $module does not load"
done
if grep -qw lab.devices /proc/cmdline; then
	for module in $(cat /modules/drivers); do
		insmod "/modules/$module.ko" || echo "LAB: module $module does not load"
	done
fi

# Other CPUs come last, as in the machine below and for the same reason.
for cpu in /sys/devices/system/cpu/cpu[1-9]*/online; do
	[ ! -e "$cpu" ] || echo 1 >"$cpu"
done
. /agent.sh
poweroff -f
