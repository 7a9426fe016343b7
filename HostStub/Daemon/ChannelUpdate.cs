using PollScale.HostStub.Daemon.Protocol;

namespace PollScale.HostStub.Daemon;

/// <summary>Another set of channels on its way to the server's thread.</summary>
/// <param name="bindings">What to serve from now on.</param>
/// <param name="guests">The same by guest.</param>
internal sealed class ChannelUpdate(IReadOnlyList<ChannelBinding> bindings, IReadOnlyDictionary<string, GuestVcpus> guests)
{
    private readonly TaskCompletionSource<IReadOnlyList<string>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What to serve.</summary>
    public IReadOnlyList<ChannelBinding> Bindings => bindings;

    /// <summary>The services of a guest's vCPUs.</summary>
    public GuestVcpus Guest(ChannelBinding binding) => guests[binding.GuestName];

    /// <summary>Done; the server serves what could be made.</summary>
    public void Finish(IReadOnlyList<string> failures) => _done.TrySetResult(failures);

    /// <summary>Waits for so long.</summary>
    /// <returns>What could not be made, a sentence each; null when it is not done yet.</returns>
    public IReadOnlyList<string>? Wait(TimeSpan time) => _done.Task.Wait(time) ? _done.Task.Result : null;
}
