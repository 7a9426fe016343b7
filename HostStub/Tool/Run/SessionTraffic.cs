using PollScale.HostStub.Placement;
using PollScale.HostStub.Report;
using PollScale.HostStub.Traffic;
using PollScale.HostStub.Traffic.Pcap;
using PollScale.HostStub.Traffic.Profiles;
using PollScale.HostStub.Traffic.Recording;

namespace PollScale.HostStub.Run;

/// <summary>What a run's options say about its traffic.</summary>
internal static class SessionTraffic
{
    private static readonly TimeSpan s_usual = TimeSpan.FromSeconds(15);

    /// <summary>Prepares the frames; a capture is loaded whole.</summary>
    /// <param name="options">The run; it has traffic.</param>
    /// <param name="stop">Asked now and then while a capture is read; true gives up.</param>
    /// <exception cref="TrafficException">The traffic cannot be made.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> said so.</exception>
    public static TrafficSource Source(RunOptions options, Func<bool>? stop) => options.Pcap is null
        ? TrafficSource.Parse(options.Traffic!, options.FrameSizes, options.Malformed, options.Seed, stop: stop)
        : TrafficSource.Replay($"replay of {Path.GetFileName(options.Pcap)}", PcapTrace.Load(options.Pcap, stop: stop), options.PcapSpeed);

    /// <summary>How to send it.</summary>
    public static TrafficOptions Sending(RunOptions options, TrafficSource source, CpuPlan cpus, PriorityPlan priority) => new()
    {
        Duration = options.Duration ?? (source.Trace is null ? s_usual : null),
        Cpu = cpus.Housekeeping,
        Settle = TimeSpan.FromMilliseconds(400),
        Scheduling = priority.Traffic,
        StartTimeout = options.BootLimit + TimeSpan.FromSeconds(5), // the watchdog speaks first
    };

    /// <summary>Records what comes back; null when nobody asked. Its thread runs beside the traffic's, and above it where that is real-time.</summary>
    /// <exception cref="TrafficException">The file cannot be made.</exception>
    public static ForwardedRecorder? Recorder(RunOptions options, CpuPlan cpus, PriorityPlan priority) => options.PcapOut is not string path ? null
        : new ForwardedRecorder(path, () =>
        {
            ThreadPlacement.Pin(cpus.Housekeeping);
            ThreadPlacement.TrySchedule(priority.Traffic, ThreadPlacement.CallPriority);
        });

    /// <summary>The capture as the report begins with it; null when none is replayed.</summary>
    public static RunCapture? Describe(TrafficSource? source)
    {
        if (source?.Trace is not { } trace)
        {
            return null;
        }

        double? lengthNs = ((PcapProfile)source.Profile).LengthNs;
        return new RunCapture
        {
            File = trace.Path,
            LinkType = trace.LinkName,
            Packets = trace.Count,
            Bytes = trace.FrameBytes,
            LongestFrame = trace.MaxLength,
            RecordedS = trace.DurationNs / 1e9,
            ReplayS = lengthNs / 1e9,
            RecordedText = CaptureNotes.Time(trace.DurationNs),
            ReplayText = lengthNs is double ns ? CaptureNotes.Time(ns) : null,
            Whole = trace.Damage is null,
            Notes = CaptureNotes.Of(trace),
        };
    }
}
