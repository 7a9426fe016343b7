using PollScale.Clock;
using PollScale.HostStub.Frequency;
using PollScale.HostStub.Kvm;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.HostStub.Policy.Configuration;
using PollScale.HostStub.Policy.Cores;
using PollScale.HostStub.Run;
using PollScale.HostStub.Traffic;
using PollScale.HostStub.Vm;
using PollScale.Hypercall;
using PollScale.Memif;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Guests;
using Xunit;

namespace PollScale.HostStub.Tests.Hostile;

/// <summary>What tests on /dev/kvm share: one factory, one packet region. They run one after another; descriptors are counted at the end.</summary>
public sealed class KvmLab : IDisposable
{
    public const string Collection = "kvm";

    private static readonly Lazy<bool> s_hypercalls = new(() =>
    {
        using KvmSystem kvm = KvmSystem.Open();
        using KvmVm vm = kvm.CreateVm();
        return vm.TryInterceptHypercalls();
    });

    private static readonly Lazy<string?> s_noKvm = new(KvmProbe.Problem);
    private readonly MicroVmFactory? _factory;
    private readonly PacketMemory? _region;
    private string[] _descriptors = [];
    private int _asked;

    public KvmLab()
    {
        Missing = GuestBuilder.Missing;
        try
        {
            _factory = new MicroVmFactory();
            _region = new PacketMemory(PacketRegionLayout.Create(8, 8, 2048));
        }
        catch (GuestSetupException e)
        {
            Missing ??= e.Message;
        }
    }

    /// <summary>Why no guest can run here, in a VM or not; null where one can.</summary>
    public string? Missing { get; }

    internal PacketMemory Region => _region!;

    /// <summary>Open descriptors of KVM; the runtime and xunit open others as they like.</summary>
    internal static int OpenDescriptors => Descriptors().Length;

    /// <summary>Skips a test, with the reason, where guests cannot run here.</summary>
    /// <param name="needsKvm">They are to run in a VM, and not as plain processes.</param>
    internal void SkipUnlessUsable(bool needsKvm = true)
    {
        Assert.SkipUnless(Missing is null, Missing ?? "");
        Assert.SkipWhen(needsKvm && s_noKvm.Value is not null, $"No usable {KvmSystem.DevicePath}: {s_noKvm.Value}");
    }

    /// <summary>Skips a test of the hypercall doorbell, with the reason, where KVM does not hand hypercalls over.</summary>
    internal void SkipUnlessOffered(string doorbell)
    {
        SkipUnlessUsable();
        Assert.SkipUnless(doorbell != "hypercall" || s_hypercalls.Value, "This kernel's KVM does not hand hypercalls to user space (no CONFIG_KVM_XEN).");
    }

    /// <summary>A service over simulated P-states; without options its budget is never spent.</summary>
    internal static VcpuService NewService(out SimulatedBackend backend, GuestPolicy? guest = null, int initial = 0)
    {
        double hz = TscClock.FrequencyKHz * 1000.0;
        ulong now = TscClock.Now;
        backend = new SimulatedBackend(PStateFile.Default(), hz, now, initial);
        return OneGuestLab.Service(backend, guest, hz, now);
    }

    /// <summary>Makes a guest that does not run yet.</summary>
    internal MicroVm Create(string guest, string[] arguments, IFrequencyService? service = null, Action<IStatusSink>? status = null, Action<string>? line = null, DoorbellChoice doorbell = DoorbellChoice.Auto, int? housekeepingCpu = null)
    {
        SkipUnlessUsable();
        if (service is null)
        {
            service = NewService(out SimulatedBackend backend);
            status = backend.Attach;
        }

        IReadOnlyList<int> cpus = ThreadPlacement.AllowedCpus();
        return (MicroVm)_factory!.Create(new GuestConfig
        {
            Elf = GuestBuilder.Build(guest),
            Arguments = arguments,
            Service = service,
            AttachStatus = status ?? (_ => { }),
            RegionAddress = Region.Address,
            RegionSize = Region.Size,
            PassRegion = false,
            RegionFd = Region.Fd,
            Cpu = cpus[0],
            HousekeepingCpu = housekeepingCpu ?? cpus[^1],
            MemoryMiB = 64,
            Doorbell = doorbell,
            ConsoleLine = line,
        });
    }

    /// <summary>Runs a guest to its end; fails the test if there is none.</summary>
    internal GuestOutcome Run(string guest, params string[] arguments)
    {
        GuestOutcome outcome;
        using (MicroVm vm = Create(guest, arguments))
        {
            vm.Start();
            if (!vm.Wait(TestMachine.Seconds(20)))
            {
                vm.Stop("It did not end.");
                Assert.True(vm.Wait(TestMachine.Seconds(5)), $"{guest} {string.Join(' ', arguments)} neither ended nor could be stopped");
                Assert.Fail($"{guest} {string.Join(' ', arguments)} did not end. It printed: {vm.Outcome!.Output}\n{vm.Outcome.Report}");
            }

            outcome = vm.Outcome!;
        }

        AssertNoThreads();
        if (_descriptors.Length == 0)
        {
            _descriptors = Descriptors();
        }

        return outcome;
    }

    /// <summary>A good guest runs: the process that served a hostile one is unhurt.</summary>
    /// <remarks>On an emulated CPU after every eighth only: boots take most of the time there.</remarks>
    internal void AssertStillUsable()
    {
        const int Seldom = 8;
        if (TestMachine.HasEmulatedCpu && ++_asked % Seldom != 0)
        {
            return;
        }

        GuestOutcome outcome = Run("good", "42");
        Assert.True(outcome is { End: GuestEnd.Exited, ExitCode: 42 }, $"{outcome.Cause}\n{outcome.Output}\n{outcome.Report}");
        Assert.Equal("good 42\n", outcome.Output);
    }

    internal static void AssertNoThreads()
    {
        // A host thread may still be on its last instructions when the VM is gone.
        SpinWait.SpinUntil(() => VcpuThreads() == 0, TestMachine.Seconds(2));
        Assert.Equal(0, VcpuThreads());
    }

    public void Dispose()
    {
        const int Tolerance = 4;
        string[] descriptors = Descriptors();
        _factory?.Dispose();
        _region?.Dispose();
        if (_descriptors.Length > 0 && descriptors.Length > _descriptors.Length + Tolerance)
        {
            throw new InvalidOperationException($"{descriptors.Length} file descriptors are open after the tests, {_descriptors.Length} were at their start; new: {string.Join(' ', descriptors.Except(_descriptors))}");
        }
    }

    private static string[] Descriptors() =>
        [.. Directory.GetFiles("/proc/self/fd").Select(fd => $"{Path.GetFileName(fd)}={new FileInfo(fd).LinkTarget}").Where(d => d.Contains("kvm", StringComparison.Ordinal))];

    private static int VcpuThreads()
    {
        int count = 0;
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                count += File.ReadAllText(task + "/comm").StartsWith("vCPU ", StringComparison.Ordinal) ? 1 : 0;
            }
            catch (IOException)
            {
                // The thread left meanwhile.
            }
        }

        return count;
    }
}

[CollectionDefinition(KvmLab.Collection, DisableParallelization = true)]
public sealed class KvmCollectionDefinition : ICollectionFixture<KvmLab>;
