using System.Globalization;
using System.Runtime.InteropServices;
using PollScale.Native;
using PollScale.Programs;

namespace PollScale.HostStub.Lifetime;

/// <summary>
/// The signals that end a process, counted: the first asks for an orderly end, the second for an end at once. SIGHUP is one of them, unless
/// <see cref="HangupReloads"/>; one that came before that was said is counted all the same, as what it turns out to be.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    private static readonly PosixSignal[] s_signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP];

    // Rooted for the whole process: one whose registration is disposed or finalized has its default effect again, which skips all restoring.
    private static readonly List<PosixSignalRegistration> s_registrations = [];

    private readonly ManualResetEventSlim _raised = new();
    private int _ends;
    private int _hangups;
    private int _first; // a PosixSignal; 0 for none
    private bool _ignoresHangup;
    private volatile bool _hangupReloads;

    /// <summary>True when SIGHUP asks to read the configuration again, and so ends nothing.</summary>
    public bool HangupReloads
    {
        get => _hangupReloads;
        set => _hangupReloads = value;
    }

    /// <summary>Times an end was asked for.</summary>
    public int Count => Volatile.Read(ref _ends) + (_hangupReloads || _ignoresHangup ? 0 : Volatile.Read(ref _hangups));

    /// <summary>Times a reload was asked for.</summary>
    public int Hangups => _hangupReloads ? Volatile.Read(ref _hangups) : 0;

    /// <summary>What asked for the end first, as users call it: "Ctrl-C", "SIGTERM".</summary>
    public string Cause => (PosixSignal)Volatile.Read(ref _first) switch
    {
        PosixSignal.SIGINT => "Ctrl-C",
        0 => nameof(PosixSignal.SIGHUP),
        PosixSignal signal => signal.ToString(),
    };

    /// <summary>What a command ends with that was asked to end: 128 and the signal's number.</summary>
    public ExitCode Code => (PosixSignal)Volatile.Read(ref _first) switch
    {
        PosixSignal.SIGTERM => ExitCode.Terminated,
        PosixSignal.SIGQUIT => ExitCode.Quit,
        0 when Count > 0 => ExitCode.HungUp,
        _ => ExitCode.Interrupted,
    };

    /// <summary>Takes the signals from now until the process has really ended; to be called first of all, once.</summary>
    public static Interrupt OfProcess()
    {
        Interrupt interrupt = new() { _ignoresHangup = IsIgnored(LibC.SIGHUP) };
        lock (s_registrations)
        {
            s_registrations.AddRange(s_signals.Select(signal => PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                interrupt.Raise(context.Signal);
            })));
        }

        return interrupt;
    }

    /// <summary>Gives the signals their default effect back, for a command that has nothing to end in order. One that came meanwhile has it now.</summary>
    public void Release()
    {
        lock (s_registrations)
        {
            s_registrations.ForEach(registration => registration.Dispose());
            s_registrations.Clear();
        }

        if (Count > 0)
        {
            _ = LibC.kill(LibC.getpid(), (PosixSignal)Volatile.Read(ref _first) switch
            {
                PosixSignal.SIGINT => LibC.SIGINT,
                PosixSignal.SIGQUIT => LibC.SIGQUIT,
                PosixSignal.SIGTERM => LibC.SIGTERM,
                _ => LibC.SIGHUP,
            });
        }
    }

    /// <summary>Counts one; from any thread.</summary>
    public void Raise() => Raise(PosixSignal.SIGINT);

    /// <summary>Counts one; from any thread.</summary>
    public void Raise(PosixSignal signal)
    {
        if (signal == PosixSignal.SIGHUP)
        {
            Interlocked.Increment(ref _hangups);
        }
        else
        {
            Interlocked.CompareExchange(ref _first, (int)signal, 0);
            Interlocked.Increment(ref _ends);
        }

        _raised.Set();
    }

    /// <summary>Ends a <see cref="Sleep"/> without counting; from any thread.</summary>
    public void Wake() => _raised.Set();

    /// <summary>Sleeps for <paramref name="time"/>, less when an interrupt comes.</summary>
    public void Sleep(TimeSpan time)
    {
        if (_raised.Wait(time))
        {
            _raised.Reset();
        }
    }

    public void Dispose() => _raised.Dispose();

    // nohup(1) starts a program that outlives its terminal: SIGHUP must not end it, whoever handles it.
    private static bool IsIgnored(int signal)
    {
        const string Key = "SigIgn:";
        try
        {
            string? line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
            return line is not null && ulong.TryParse(line.AsSpan(Key.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong mask)
                && (mask >> (signal - 1) & 1) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
