using PollScale.Native;

namespace PollScale.HostStub.Channels.Hypercall;

/// <summary>A vCPU's thread whose hypercalls the kernel records.</summary>
/// <param name="Thread">Its id.</param>
/// <param name="Records">The records.</param>
/// <param name="Sequence">Where rcx lies in one.</param>
internal sealed record ObservedThread(int Thread, IRecordSource Records, TracepointField Sequence);
