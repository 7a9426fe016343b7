using PollScale.HostStub.Channels.Acpi;
using PollScale.HostStub.Channels.Answered;
using PollScale.HostStub.Channels.Module;
using PollScale.HostStub.Channels.Region;
using PollScale.HostStub.Daemon;

namespace PollScale.HostStub.Serve;

/// <summary>What serves guests.</summary>
/// <param name="Channels">Their channels, and the shards.</param>
/// <param name="Regions">Their regions, by the same shards.</param>
/// <param name="Ports">Their debug ports, by the same shards.</param>
/// <param name="Module">Their hypercalls that the kernel module answers.</param>
/// <param name="Answers">Their hypercalls that a BPF program answers, by their regions.</param>
internal sealed record Servers(ChannelServer Channels, RegionServer Regions, AcpiChannels Ports, ModuleServer Module, AnswerServer Answers)
{
    /// <summary>All that reports show.</summary>
    public IEnumerable<IReportedChannel> Reported => [.. Channels.Channels, .. Regions.Vcpus, .. Ports.Channels, .. Module.Vcpus];

    /// <summary>All paths that guests connect to.</summary>
    public IEnumerable<IWatchedPath> Paths => [.. Channels.Channels, .. Regions.Paths];

    /// <summary>Begins to serve.</summary>
    public void Start()
    {
        Channels.Start();
        Regions.Start();
        Ports.Start();
        Module.Start();
    }

    /// <summary>Ends all threads.</summary>
    /// <param name="patience">Longest wait for all together.</param>
    /// <returns>Names of the threads that hang.</returns>
    public IReadOnlyList<string> Stop(TimeSpan patience)
    {
        TimeSpan each = patience / 5;
        Module.Stop(each);
        Ports.Stop(each);
        Regions.Stop(each);
        Answers.Stop(each);
        return Channels.Stop(each);
    }

    /// <summary>Serves other channels and regions from now on.</summary>
    /// <returns>What could not be made, and what hangs, a sentence each.</returns>
    public IReadOnlyList<string> Update(IReadOnlyList<ChannelBinding> channels, IReadOnlyList<RegionBinding> regions, IReadOnlyList<AcpiBinding> ports, IReadOnlyList<ModuleBinding> granted)
    {
        Module.Update(granted);
        return [.. Channels.Update(channels), .. Regions.Update(regions), .. Ports.Update(ports, Channels)];
    }

    /// <summary>Frees what they hold.</summary>
    public void Dispose()
    {
        Module.Dispose();
        Ports.Dispose();
        Regions.Dispose();
        Channels.Dispose();
        Answers.Dispose(); // its states are the shards'
    }
}
