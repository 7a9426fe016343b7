#pragma warning disable CS1591 // pollscale_kvm.h documents these; names are its own, without their prefix.

namespace PollScale.HostStub.Channels.Module;

/// <summary>What /dev/pollscale is told, version 1: constants of HostStub/kmod/pollscale_kvm.h.</summary>
internal static class ModuleAbi
{
    public const uint VERSION = 1;
    public const int MAX_PSTATES = 64;
    public const int MAX_GRANTS = 4096;
    public const int RECORDS = 4096;
    public const uint CONTROL = 0x1;
    public const uint QUERIES = 0x2;
    public const int VERDICTS = 10;

    public const uint GRANT = 0xC148_5050;
    public const uint WITHDRAW = 0x4008_5051;
    public const uint STATE = 0xC070_5052;
    public const uint REST = 0x4020_5053;
}
