using PollScale.HostStub.Policy.Compiled;

namespace PollScale.HostStub.Policy.Cores;

/// <summary>A vCPU's calls are answered within the host's kernel, by its compiled policy, while this is in force. From any thread; a call may wait for calls that are being answered, for no guest.</summary>
internal interface IKernelGrant
{
    /// <summary>What was granted.</summary>
    CompiledPolicy Policy { get; }

    /// <summary>How it stands.</summary>
    /// <returns>Null where it is gone.</returns>
    KernelGrantState? Look();

    /// <summary>Takes the wish back and sets a frequency, both unless a call came since.</summary>
    /// <param name="seen">What was last seen.</param>
    /// <param name="kHz">The frequency; 0 leaves it as it is.</param>
    /// <returns>False where a call came, or the frequency could not be set: nothing changed.</returns>
    bool TryRest(in KernelGrantState seen, uint kHz);

    /// <summary>Ends it: once this returns no call changes anything any more. More than once does nothing.</summary>
    void End();
}
