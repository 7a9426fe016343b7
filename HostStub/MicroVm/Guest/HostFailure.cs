using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Guest;

/// <summary>An exception on a thread of this process that serves a guest: it ends the guest, and the run tells it.</summary>
internal static class HostFailure
{
    /// <summary>The guest's end.</summary>
    /// <param name="task">What the thread did, as "served thread 1 of the guest".</param>
    /// <param name="e">What it threw.</param>
    /// <param name="output">What the guest printed.</param>
    public static GuestOutcome Of(string task, Exception e, string output) => new(
        GuestEnd.HostFailed, -1, $"The host failed while it {task}: {e.GetType().Name}: {e.Message}",
        $"on host thread \"{Thread.CurrentThread.Name}\":{Environment.NewLine}{e}", output);
}
