using PollScale.Native;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>Finds where a process has mapped a guest's page. It may wait for files, and is called on a thread of its own.</summary>
/// <param name="process">The VM's process.</param>
/// <param name="page">Which file the page is.</param>
/// <param name="problem">Why it is not known, with what to do.</param>
/// <returns>Address of its first byte; null where it is not known.</returns>
internal delegate ulong? FindPage(int process, FileFacts page, out string problem);
