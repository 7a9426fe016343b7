using System.Globalization;
using PollScale.Clock;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>
/// What the pCPU and its package count while a VM runs, put to what guestprobe says it does: its bursts, and polling at the slowest and at the fastest P-state.
/// A guest may say what it likes: it only spoils its own figures.
/// </summary>
/// <param name="read">Reads the counters.</param>
/// <param name="energyRange">Where the package's energy begins anew, uJ.</param>
/// <param name="clock">The TSC.</param>
internal sealed class PathMeter(Func<HostReading> read, ulong energyRange, TscFrequency clock)
{
    private const string Ended = "bench-bursts doorbell=", Polls = "bench-bursts polls at=", Ms = " ms=";
    private const double Share = 0.7; // of what it polls: the rest is for this program to look at the console
    private const int MostMs = 60_000;
    private HostReading? _up, _begin;
    private bool _fastest;
    private ulong _due;

    /// <summary>Mean kHz of the pCPU while the VM polled at its slowest P-state; null where that was not to be had.</summary>
    public double? SlowestKHz { get; private set; }

    /// <summary>The same at its fastest.</summary>
    public double? FastestKHz { get; private set; }

    /// <summary>Mean power of the package meanwhile, W.</summary>
    public double? SlowestWatts { get; private set; }

    /// <summary>The same at its fastest.</summary>
    public double? FastestWatts { get; private set; }

    /// <summary>Energy of the package from the program's begin to the end of its bursts, J.</summary>
    public double? BurstsJ { get; private set; }

    /// <summary>How long that was, s.</summary>
    public double? BurstsS { get; private set; }

    /// <summary>Takes in a line of the console; null where there is none.</summary>
    public void Take(string? line)
    {
        if (line is null)
        {
            if (_begin is HostReading begin && TscClock.Now >= _due)
            {
                End(begin, read());
            }
        }
        else if (line.StartsWith(HostVm.Up, StringComparison.Ordinal))
        {
            _up = read();
        }
        else if (line.StartsWith(Ended, StringComparison.Ordinal) && _up is HostReading up)
        {
            HostReading now = read();
            (BurstsS, BurstsJ, _up) = (Seconds(up, now), Joules(up, now), null);
        }
        else if (line.StartsWith(Polls, StringComparison.Ordinal) && line[Polls.Length..].Split(Ms) is [string at, string ms]
            && int.TryParse(ms, NumberStyles.None, CultureInfo.InvariantCulture, out int polled) && polled <= MostMs)
        {
            HostReading now = read();
            (_begin, _fastest, _due) = (now, at == "fastest", now.Ticks + (ulong)(clock.KHz * Share * polled));
        }
    }

    private void End(HostReading begin, HostReading end)
    {
        _begin = null;
        double? kHz = begin.Cycles is var (actual, constant) && end.Cycles is var (actualEnd, constantEnd) && constantEnd > constant && actualEnd >= actual ? (double)(actualEnd - actual) / (constantEnd - constant) * clock.KHz : null;
        double? watts = Joules(begin, end) / Seconds(begin, end);
        if (_fastest)
        {
            (FastestKHz, FastestWatts) = (kHz, watts);
        }
        else
        {
            (SlowestKHz, SlowestWatts) = (kHz, watts);
        }
    }

    private double Seconds(HostReading from, HostReading to) => (to.Ticks - from.Ticks) / (clock.KHz * 1e3);

    private double? Joules(HostReading from, HostReading to) => from.EnergyUj is ulong before && to.EnergyUj is ulong after ? (after >= before ? after - before : after + energyRange - before) / 1e6 : null;
}
