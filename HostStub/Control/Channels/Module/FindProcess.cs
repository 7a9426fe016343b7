namespace PollScale.HostStub.Channels.Module;

/// <summary>Finds the process of a guest's VM. It may wait for files, and is called on a thread of its own.</summary>
/// <param name="problem">Why it is not known, with what to do.</param>
/// <returns>Null where it is not.</returns>
internal delegate int? FindProcess(out string problem);
