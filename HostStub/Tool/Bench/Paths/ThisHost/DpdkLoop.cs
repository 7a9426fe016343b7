using PollScale.Cpufreq;
using PollScale.HostStub.Machine;
using PollScale.Native;
using PollScale.Placement;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>
/// Guest channels with the loop of DPDK's vm_power_manager, written from a description of it: it waits 1 ms at most for packets, takes one of each channel that has
/// some, scales, acknowledges, and lets 1 ms pass before it looks again. DPDK's burns its CPU in that millisecond; this one sleeps, since it was given no CPU.
/// It takes the pCPU over by its lease and gives it back at its end.
/// </summary>
internal sealed class DpdkLoop : IDisposable
{
    private const int TurnMs = 1, ConnectMs = 20;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly CpufreqScaler _scaler;
    private readonly DpdkChannel[] _channels;
    private readonly HostThread _thread;
    private volatile bool _stop;

    /// <summary>Begins.</summary>
    /// <param name="folder">Where the sockets of the ports are.</param>
    /// <param name="cpu">The pCPU, which the VM's port sets.</param>
    /// <param name="others">Ports of other guests, which set nothing.</param>
    /// <exception cref="GuestSetupException">The pCPU's frequency cannot be set.</exception>
    public DpdkLoop(string folder, int cpu, int others)
    {
        try
        {
            _scaler = CpufreqScaler.Open(new CpufreqOptions { Cpu = cpu });
        }
        catch (CpufreqException e)
        {
            throw new GuestSetupException(e.Message, e);
        }

        _scaler.Set(_scaler.PStates.SlowestAllowed);
        _channels =
        [
            new DpdkChannel(PathSockets.Port(folder), _scaler.PStates, pState => _scaler.Set(pState).Outcome == CpufreqOutcome.Applied),
            .. PathSockets.Others(folder, others).Select(socket => new DpdkChannel(socket, _scaler.PStates, _ => true)),
        ];
        _thread = new HostThread("dpdk-loop", Serve);
        _thread.Start();
    }

    /// <summary>Ends it: the pCPU has its governor and bounds back then.</summary>
    public void Dispose()
    {
        _stop = true;
        _thread.Join(s_patience);
        Array.ForEach(_channels, channel => channel.Dispose());
        _scaler.Dispose();
    }

    private void Serve()
    {
        using EventPoll poll = new(_channels.Length);
        while (!_stop)
        {
            for (int n = 0; n < _channels.Length; n++)
            {
                if (_channels[n].TryConnect() is StreamDescriptor made)
                {
                    poll.Add(made, n);
                }
            }

            bool waits = Array.Exists(_channels, channel => !channel.IsConnected); // what cannot be waited for is looked for
            int ready = poll.Wait(waits ? ConnectMs : TurnMs);
            for (int index = 0; index < ready; index++)
            {
                _channels[poll.Key(index)].Turn();
            }

            Thread.Sleep(TurnMs);
        }
    }
}
