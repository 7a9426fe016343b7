using PollScale.GuestChannel;
using PollScale.Native;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Serve.Metering;

/// <summary>A policy of guests of simulated pCPUs, and what they ask.</summary>
internal sealed class ServedGuests : IDisposable
{
    private readonly TemporaryTree _tree = new();

    /// <summary>Path of the policy file.</summary>
    public string Policy => At("policy.yaml");

    /// <summary>A path for something of a test.</summary>
    public string At(string name) => Path.Combine(_tree.Root, name);

    /// <summary>Writes the policy: a guest of one vCPU each, the name followed by what it may.</summary>
    public string Write(params string[] guests)
    {
        File.WriteAllText(Policy, $"version: 1\nguests:\n{string.Concat(guests.Select((guest, i) =>
            $"  - {{name: {guest.Split(' ', 2)[0]}, {guest.Split(' ', 2)[1]}, vcpus: [{{vcpu: 0, pcpu: {900 + i}, channel: {{listen: {At(guest.Split(' ', 2)[0])}}}}}]}}\n"))}");
        return Policy;
    }

    /// <summary>Connects as a guest.</summary>
    public StreamDescriptor Connect(string guest) => ChannelLab.Connect(At(guest));

    /// <summary>Asks several times, and checks the answer.</summary>
    public static void Ask(StreamDescriptor guest, int times, byte[] request, ReplyCommand expected)
    {
        for (int i = 0; i < times; i++)
        {
            Assert.Equal(expected, ChannelLab.Ask(guest, request));
        }
    }

    public void Dispose() => _tree.Dispose();
}
