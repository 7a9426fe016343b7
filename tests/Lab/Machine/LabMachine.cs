using PollScale.Lab.Image;
using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>
/// An L1 machine that boots when its first job comes. A machine that hangs or dies is replaced once a job; what the job itself
/// prints, right or wrong, is never tried again.
/// </summary>
public abstract class LabMachine : IDisposable
{
    private static readonly TimeSpan s_bootLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(30);
    private static readonly Lock s_imageLock = new();
    private static int s_logs;
    private readonly KernelTree? _kernel;
    private readonly string _initramfs = "", _disk = "";
    private readonly string? _missing;
    private Qemu? _qemu;

    private protected LabMachine(MachineKind kind)
    {
        Kind = kind;
        try
        {
            _kernel = KernelTree.Open(kind.KernelPackage);
            if (_kernel.HasKvmXen != kind.KvmXen)
            {
                _missing = $"{kind.KernelPackage} of this Debian is Linux {_kernel.Release}, built {(kind.KvmXen ? "without" : "with")} CONFIG_KVM_XEN.";
                return;
            }

            lock (s_imageLock)
            {
                _initramfs = Initramfs.Build(_kernel);
                _disk = RootDisk.Build();
                _ = kind.HasDevices ? PStateSsdt.Build(kind.Cpus) : "";
            }
        }
        catch (LabException e)
        {
            _missing = e.Message;
        }
    }

    /// <summary>What it is made of.</summary>
    public MachineKind Kind { get; }

    /// <summary>Runs a job: a shell script with the commands of commands.sh.</summary>
    /// <param name="script">At most 3 KiB: the serial port holds no more.</param>
    /// <param name="seconds">Its limit.</param>
    /// <exception cref="LabException">The machine failed twice.</exception>
    public LabResult Run(string script, int seconds = 60) => OnOneBoot(session => session.Run(script, seconds));

    /// <summary>Runs a scenario of several jobs that need the same machine; when that fails, all of it runs again on a new one, once.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <exception cref="LabException">The machine failed twice.</exception>
    public T OnOneBoot<T>(Func<LabSession, T> scenario) => Twice(() => scenario(new LabSession(_qemu ??= Boot(_initramfs))));

    /// <summary>Boots a machine of its own for one job that comes with the initramfs, so that nothing reaches the machine from outside.</summary>
    /// <param name="script">A shell script.</param>
    /// <param name="seconds">Its limit.</param>
    /// <exception cref="LabException">The machine failed twice.</exception>
    public LabResult RunSealed(string script, int seconds) => Twice(() =>
    {
        string initramfs = Path.Combine(LabFolders.Images, $"sealed-{Environment.ProcessId}-{Interlocked.Increment(ref s_logs)}");
        try
        {
            Initramfs.AddJob(_initramfs, script, TimeSpan.FromSeconds(seconds), initramfs);
            using Qemu qemu = Boot(initramfs);
            return LabSession.Answer(qemu, seconds);
        }
        finally
        {
            File.Delete(initramfs);
        }
    });

    public void Dispose()
    {
        _qemu?.Dispose();
        GC.SuppressFinalize(this);
    }

    private T Twice<T>(Func<T> job)
    {
        Assert.SkipUnless(_missing is null, _missing ?? "");
        try
        {
            return job();
        }
        catch (LabException first)
        {
            Replace(first);
            try
            {
                return job();
            }
            catch (LabException second)
            {
                Replace(second);
                throw;
            }
        }
    }

    private void Replace(LabException failure)
    {
        TestContext.Current.SendDiagnosticMessage($"lab machine {Kind.Name}: {failure.Message}");
        TestContext.Current.TestOutputHelper?.WriteLine(failure.Message);
        _qemu?.Dispose();
        _qemu = null;
    }

    private Qemu Boot(string initramfs)
    {
        string log = Path.Combine(LabFolders.Logs, $"{Kind.Name}-{Interlocked.Increment(ref s_logs)}.log");
        Qemu qemu = new(Kind, _kernel!, initramfs, _disk, log, s_life);
        try
        {
            string line = qemu.Receive(s_bootLimit);
            return line.Contains("\"up\"", StringComparison.Ordinal) ? qemu : throw new LabException($"The agent began with '{line}'. {qemu.Tail()}");
        }
        catch
        {
            qemu.Dispose();
            throw;
        }
    }
}
