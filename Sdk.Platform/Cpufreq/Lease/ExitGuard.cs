using System.Runtime.InteropServices;

namespace PollScale.Cpufreq;

/// <summary>Calls back when the process is about to end: at its exit, and on the signals that end it.</summary>
internal sealed class ExitGuard : IDisposable
{
    private static readonly PosixSignal[] s_signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
    private readonly Action _ending;
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Registers.</summary>
    /// <param name="ending">Called on any thread, perhaps several times. The signal keeps its effect.</param>
    /// <param name="signals">False leaves signals alone.</param>
    public ExitGuard(Action ending, bool signals)
    {
        _ending = ending;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        _registrations = signals ? [.. s_signals.Select(signal => PosixSignalRegistration.Create(signal, _ => ending()))] : [];
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void OnExit(object? sender, EventArgs e) => _ending();
}
