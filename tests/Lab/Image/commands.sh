# What a job may call.
export DOTNET_TieredPGO=0 POLLSCALE_TEST_PATIENCE=6
patience=4 programs=/disk/app/prebuilt cpufreq=/sys/devices/system/cpu/cpufreq
guest=/app/queuescaler
probe=/app/guestprobe
dotnet() { chroot /disk /dotnet/dotnet "$@"; }
hoststub() { dotnet /app/hoststub.dll "$@"; }
hoststub_tests() { dotnet /app/HostStub.Tests.dll "$@"; }
control_tests() { dotnet /app/PollScale.Control.Tests.dll "$@"; }
microvm_tests() { dotnet /app/PollScale.MicroVm.Tests.dll "$@"; }
[ ! -d /l2/usr ] || . /linux.sh
[ ! -d /l2/usr ] || . /observed.sh
. /module.sh
. /paths.sh
. /turns.sh
. /traffic.sh
