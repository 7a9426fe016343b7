namespace PollScale.Tests.Shared.Fuse;

/// <summary>Mirrors enum fuse_opcode (linux/fuse.h), as far as sysfs needs it.</summary>
internal enum FuseOpcode : uint
{
    Lookup = 1,
    Forget = 2,
    GetAttr = 3,
    SetAttr = 4,
    Open = 14,
    Read = 15,
    Write = 16,
    StatFs = 17,
    Release = 18,
    Init = 26,
    OpenDir = 27,
    ReadDir = 28,
    ReleaseDir = 29,
    Interrupt = 36,
    Destroy = 38,
    BatchForget = 42,
}
