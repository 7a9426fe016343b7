# Runs jobs and answers each with a line of JSON on the second serial port. A job comes with the initramfs (/job), or as a line
# "ID SECONDS SHA256 BASE64" from that port. "again" repeats the last answer, for a reader whose checksum does not fit: QEMU's serial port drops
# what a slow reader does not take. A line that came garbled, whose checksum (of "ID SECONDS BASE64") does not fit, is answered with "resend".
# A job that comes again is not run again, so whoever misses an answer may ask again whatever went wrong.
exec 3<>/dev/ttyS1 # kept open: what comes while nobody has a serial port open is lost
stty raw -echo <&3

checksum() { sha256sum | cut -c1-64; }

seconds() { cut -d' ' -f1 /proc/uptime; }

run() { # ID SECONDS SCRIPT
	local start status
	start=$(seconds)
	last=$1
	echo "LAB: job $1 begins at $start"
	{ cat /commands.sh && cat "$3"; } >/tmp/script
	timeout -k 2 "$2" sh /tmp/script >/tmp/out 2>/tmp/error </dev/null 3>&-
	status=$?
	[ ! -e /tmp/l2.lost ] || status=125
	echo "LAB: job $1 ended with status $status at $(seconds)"
	printf '{"id":%s,"status":%s,"out":"%s","error":"%s"}' "$1" "$status" "$(base64 -w 0 /tmp/out)" "$(base64 -w 0 /tmp/error)" >/tmp/answer
	answer
}

answer() {
	printf '%s %s\n' "$(checksum </tmp/answer)" "$(cat /tmp/answer)" >&3
}

echo "LAB: up at $(seconds)"
printf '{"up":"%s","boot":"%s"}' "$(uname -r)" "$(cat /proc/sys/kernel/random/boot_id)" >/tmp/answer
answer
last=none
if [ -e /job ]; then
	run 0 "$(cat /job.seconds)" /job
fi
while read -r id limit sum script <&3; do
	if [ "$id" = again ] || [ "$id" = "$last" ]; then
		answer
	elif [ "$(printf %s "$id $limit $script" | checksum)" = "$sum" ]; then
		echo "$script" | base64 -d >/tmp/job
		run "$id" "$limit" /tmp/job
	else
		echo "LAB: a garbled line"
		printf '%s %s\n' "$(printf %s '{"resend":true}' | checksum)" '{"resend":true}' >&3
	fi
done
