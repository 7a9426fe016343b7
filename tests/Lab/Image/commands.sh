# What a job may call.
export DOTNET_TieredPGO=0 POLLSCALE_TEST_PATIENCE=6
guest=/app/queuescaler
probe=/app/guestprobe
dotnet() { chroot /disk /dotnet/dotnet "$@"; }
hoststub() { dotnet /app/hoststub.dll "$@"; }
hoststub_tests() { dotnet /app/HostStub.Tests.dll "$@"; }
microvm_tests() { dotnet /app/PollScale.MicroVm.Tests.dll "$@"; }
