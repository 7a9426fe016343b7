namespace PollScale.HostStub.Guest.Syscalls;

/// <summary>What clone and clone3 ask for.</summary>
/// <param name="Flags">CLONE_*.</param>
/// <param name="StackTop">Stack pointer of what begins; 0 for the caller's.</param>
/// <param name="Tls">Its FS base, with CLONE_SETTLS.</param>
/// <param name="ParentTid">Where CLONE_PARENT_SETTID writes its thread id.</param>
/// <param name="ChildTid">Where CLONE_CHILD_SETTID writes it, and CLONE_CHILD_CLEARTID clears it.</param>
/// <param name="ExitSignal">Signal to the parent when it ends, or 0.</param>
internal readonly record struct CloneArgs(ulong Flags, ulong StackTop, ulong Tls, ulong ParentTid, ulong ChildTid, ulong ExitSignal);
