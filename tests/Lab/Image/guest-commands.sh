# What a job in a Linux guest may call.
export guest=/queuescaler probe=/guestprobe

# ports_for_all: what a udev rule does for the ports of the guest channel.
ports_for_all() { chmod 0666 /dev/vport*; }

# regions_for_all: what a udev rule does for the shared page and its doorbell.
regions_for_all() {
	local device
	for device in /sys/bus/pci/devices/*; do
		[ "$(cat "$device/vendor" "$device/device" | xargs)" != '0x1af4 0x1110' ] || chmod 0666 "$device/resource0" "$device/resource2"
	done
}

# cpu N FILE [VALUE]: reads or writes a file of the policy of a CPU's clock.
cpu() {
	local file=/sys/devices/system/cpu/cpu$1/cpufreq/$2
	if [ $# -gt 2 ]; then echo "$3" >"$file"; else cat "$file"; fi
}

# governor NAME: gives it to each CPU; userspace at the slowest.
governor() {
	local n
	for n in 0 1; do
		cpu $n scaling_governor "$1"
		[ "$1" != userspace ] || cpu $n scaling_setspeed 800000
	done
}

# busy N: keeps a CPU busy in the background; idle ends that.
busy() { taskset "$((1 << $1))" sh -c 'echo $$ >/tmp/busy; while :; do :; done' >/dev/null 2>&1 & }
idle() { kill -9 "$(cat /tmp/busy)"; }
