using PollScale.Clock;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Policy;
using PollScale.Hypercall;
using PollScale.Placement;
using PollScale.Telemetry;

namespace PollScale.HostStub.Bench.Region;

/// <summary>VMs of one daemon in this process: one that is measured, on a CPU of its own, and neighbours; each is served by a thread of its own, as real cores are.</summary>
internal sealed class RegionLoad : IDisposable
{
    private const int AnswerMs = 1000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly RegionVm[] _vms;
    private readonly HostFrequency[] _hosts;
    private readonly ChannelServer _server;
    private readonly bool _served;

    /// <summary>Starts the daemon.</summary>
    /// <param name="neighbours">VMs beside the measured one.</param>
    /// <param name="served">False: the daemon does not know the neighbours, so that what they take of the machine's CPUs is all that they do.</param>
    public RegionLoad(int neighbours, bool served)
    {
        double tscHz = TscClock.FrequencyKHz * 1000.0;
        _served = served;
        _hosts = [.. Enumerable.Range(0, 1 + neighbours).Select(_ => OneGuest.Start(OneGuest.Guest, new SimulatedBackend(PStateFile.Default(), tscHz, TscClock.Now), tscHz, TscClock.Now))];
        _vms = [.. _hosts.Select((host, vm) => new RegionVm($"vm{vm}", host.ServiceFor(OneGuest.Name, FrequencyPolicy.LcoreVcpu).Lapsing))];
        _server = new ChannelServer([], new ChannelServerOptions
        {
            Shards = () => Enumerable.Range(0, 1 + neighbours),
            Name = shard => $"pCPU {shard}",
            Began = _ => ThreadPlacement.TrySchedule(SchedulingClass.Nice),
        });
        _server.Start();
        for (int vm = 0; vm < (served ? _vms.Length : 1); vm++)
        {
            _server.TryWatch(_vms[vm].Doorbell, vm, e => throw e);
        }
    }

    /// <summary>Asks for a P-state over and over, while the neighbours do what they do.</summary>
    /// <param name="neighbour">What that is.</param>
    /// <param name="duration">How long.</param>
    /// <param name="cpu">CPU that the measured VM has; null for none of its own.</param>
    public RegionLoadResult Run(Neighbour neighbour, TimeSpan duration, int? cpu)
    {
        bool stop = false;
        HostThread[] threads = [.. _vms.Skip(1).Select((vm, n) => new HostThread($"neighbour {n}", () => Load(vm, neighbour, ref stop)))];
        LatencyHistogram latency = new();
        long unanswered = 0;
        HostThread measured = new("measured", () => unanswered = Measure(duration, cpu, latency));
        Array.ForEach(threads, thread => thread.Start());
        measured.Start();
        measured.JoinOrThrow();
        Volatile.Write(ref stop, true);
        Array.ForEach(threads, thread => thread.JoinOrThrow());
        HistogramSnapshot snapshot = latency.Snapshot();
        return new RegionLoadResult(snapshot.Percentile(0.5) / 1e3, snapshot.Percentile(0.99) / 1e3, unanswered);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using ManualResetEventSlim left = new();
        foreach (RegionVm vm in _served ? _vms : _vms.Take(1))
        {
            left.Reset();
            _server.Unwatch(vm.Doorbell, left.Set);
            left.Wait(s_patience);
        }

        _server.Stop(s_patience);
        _server.Dispose();
        Array.ForEach(_vms, vm => vm.Dispose());
        Array.ForEach(_hosts, host => host.Dispose());
    }

    // Some 5,000 a second, never in step with what the daemon does from time to time.
    private long Measure(TimeSpan duration, int? cpu, LatencyHistogram latency)
    {
        if (cpu is int own)
        {
            ThreadPlacement.Pin(own);
        }

        long unanswered = 0;
        ulong end = TscClock.Now + (ulong)(TscClock.FrequencyKHz * duration.TotalMilliseconds), pause = TscClock.FrequencyKHz / 10;
        for (int call = 0; TscClock.Now < end; call++)
        {
            ulong until = TscClock.Now + pause + ((ulong)Random.Shared.NextInt64((long)pause) * 2);
            while (TscClock.Now < until)
            {
                Thread.SpinWait(8);
            }

            if (_vms[0].Ask(new FrequencyCall(FrequencyOp.SetPState, call & 1), AnswerMs) is ulong ns)
            {
                latency.Record(ns);
            }
            else
            {
                unanswered++;
            }
        }

        return unanswered;
    }

    private static void Load(RegionVm vm, Neighbour neighbour, ref bool stop)
    {
        Random random = new(1);
        for (int call = 0; !Volatile.Read(ref stop); call++)
        {
            switch (neighbour)
            {
                case Neighbour.Paced:
                    vm.Post(new FrequencyCall(FrequencyOp.SetPState, call & 1));
                    Thread.Sleep(1);
                    break;
                case Neighbour.Rings:
                    vm.Ring();
                    break;
                case Neighbour.Floods:
                    vm.Post(new FrequencyCall(FrequencyOp.SetPState, call & 1));
                    break;
                default:
                    vm.Scribble(random);
                    break;
            }
        }
    }
}
