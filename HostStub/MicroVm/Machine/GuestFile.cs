namespace PollScale.HostStub.Machine;

/// <summary>A file that a guest can read, and learns of by an argument.</summary>
/// <param name="Option">The argument before its path, such as "--routes".</param>
/// <param name="Path">Where a micro-VM shows it; a plain process finds it elsewhere.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record GuestFile(string Option, string Path, ReadOnlyMemory<byte> Content);
