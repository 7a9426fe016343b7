namespace PollScale.HostStub.Policy.Configuration;

/// <summary>The page that a guest shares with its host, an ivshmem-doorbell device of QEMU's.</summary>
/// <param name="Path">Unix socket that QEMU's device connects to; absolute, at most 107 bytes in UTF-8.</param>
/// <param name="Polls">True spins on the page with a core of the host's, so that no guest need ring; the default is false.</param>
/// <param name="At">Where it is named.</param>
internal sealed record ShmemPolicy(string Path, bool Polls, FilePosition At);
