namespace PollScale.HostStub.Channels.Module;

/// <summary>Opens the module.</summary>
/// <param name="problem">Why it cannot be opened, with what to do.</param>
/// <returns>Null where it cannot.</returns>
internal delegate IModuleDevice? OpenModule(out string problem);
