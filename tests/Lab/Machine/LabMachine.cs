using PollScale.Lab.Image;
using Xunit;

namespace PollScale.Lab.Machine;

/// <summary>
/// An L1 machine that boots when its first job comes. A machine that hangs or dies is replaced, twice a job at most; what the job itself
/// prints, right or wrong, is never tried again.
/// </summary>
public abstract class LabMachine : IDisposable
{
    // A machine with two CPUs dies of QEMU in perhaps one job of twenty.
    private const int Attempts = 3;

    private static readonly TimeSpan s_bootLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(30);
    private static readonly Lock s_imageLock = new();
    private static int s_logs;
    private readonly KernelTree? _kernel;
    private readonly string _initramfs = "";
    private readonly string[] _disks = [];
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
                _disks = kind.HasLinuxGuests ? [RootDisk.Build(), GuestDisk.Build([("6.12", MachineKind.Linux612), ("6.1", MachineKind.Linux61)])] : [RootDisk.Build()];
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

    /// <summary>Skips the test where HostStub/kmod was not built for the machine's kernel.</summary>
    public void SkipWithoutModule() => Assert.SkipWhen(
        _missing is null && _kernel?.OwnModule is null, $"The kernel module was not built for {_kernel?.Release}: ./test fetches its headers from Debian, where there are some.");

    /// <summary>Runs a job: a shell script with the commands of commands.sh.</summary>
    /// <param name="script">At most 3 KiB: the serial port holds no more.</param>
    /// <param name="seconds">Its limit.</param>
    /// <exception cref="LabException">The machine failed three times.</exception>
    public LabResult Run(string script, int seconds = 60) => OnOneBoot(session => session.Run(script, seconds));

    /// <summary>Runs a scenario of several jobs that need the same machine; when that fails, all of it runs again on a new one, twice at most.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <exception cref="LabException">The machine failed three times.</exception>
    public T OnOneBoot<T>(Func<LabSession, T> scenario) => Replacing(() => scenario(new LabSession(_qemu ??= Boot(_initramfs))));

    /// <summary>Boots a machine of its own for one job that comes with the initramfs, so that nothing reaches the machine from outside.</summary>
    /// <param name="script">A shell script.</param>
    /// <param name="seconds">Its limit.</param>
    /// <exception cref="LabException">The machine failed three times.</exception>
    public LabResult RunSealed(string script, int seconds) => Replacing(() =>
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

    private T Replacing<T>(Func<T> job)
    {
        Assert.SkipUnless(_missing is null, _missing ?? "");
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return job();
            }
            catch (LabException failure)
            {
                Replace(failure);
                if (attempt == Attempts)
                {
                    throw;
                }
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
        Qemu qemu = new(Kind, _kernel!, initramfs, _disks, log, s_life);
        try
        {
            qemu.Receive("{\"up\":", s_bootLimit);
            return qemu;
        }
        catch
        {
            qemu.Dispose();
            throw;
        }
    }
}
