using PollScale.Clock;
using PollScale.HostStub.Exits;
using PollScale.HostStub.Guest;
using PollScale.HostStub.Guest.Elf;
using PollScale.HostStub.Guest.Files;
using PollScale.HostStub.Guest.Syscalls;
using PollScale.HostStub.Kvm;
using PollScale.HostStub.Kvm.Abi;
using PollScale.HostStub.Machine;
using PollScale.HostStub.Placement;
using PollScale.Hypercall;

namespace PollScale.HostStub.Vm;

/// <summary>
/// A VM on /dev/kvm without a guest kernel: a static Linux executable at CPL 3, its system calls answered by this process, its
/// doorbells by the frequency service.
/// </summary>
internal sealed class MicroVm : IGuest
{
    private const uint RamSlot = 0, StatusSlot = 1, PacketSlot = 2, SpareSlot = 3;

    private readonly KvmVm _vm;
    private readonly GuestMemory _memory;
    private readonly HostPage _statusPage;
    private readonly GuestThread _main;
    private readonly Lock _stopLock = new();
    private readonly Action<IStatusSink> _attachStatus;
    private int _disposed;

    /// <summary>Makes the VM and loads the image; nothing runs before <see cref="Start"/>.</summary>
    /// <exception cref="KvmException">KVM refused.</exception>
    /// <exception cref="ElfException">The image does not fit.</exception>
    /// <exception cref="GuestSetupException">This host cannot do what was asked.</exception>
    public MicroVm(KvmSystem kvm, ElfImage image, GuestConfig config)
    {
        CreatedTsc = TscClock.Now;
        _attachStatus = config.AttachStatus;
        KickSignal.Install();
        _vm = kvm.CreateVm();
        _memory = GuestMemoryPool.Rent((ulong)config.MemoryMiB << 20);
        _statusPage = new HostPage();
        try
        {
            _vm.ReserveIntelPages(GuestLayout.IntelPages);
            _vm.SetMemory(RamSlot, 0, _memory.HostAddress, _memory.Size);
            _vm.SetMemory(StatusSlot, GuestLayout.StatusPage, _statusPage.Address, GuestLayout.PageSize, readOnly: true);
            if (config.RegionSize > 0)
            {
                _vm.SetMemory(PacketSlot, GuestLayout.PacketRegion, config.RegionAddress, (ulong)config.RegionSize);
            }

            Doorbells doorbells = DoorbellSupport.Offer(_vm, config.Doorbell);
            Doorbell = DoorbellSupport.NameOfPreferred(doorbells);
            config.AttachStatus(_statusPage.Status);
            AddressSpace space = new(_memory, () => _vm.FlushTranslations(SpareSlot, GuestLayout.SparePage, _statusPage.Address));
            SystemRegion.Build(_memory, space.Tables);
            kvm_cpuid_entry2[] cpuid = CpuidTable.Build(kvm.GetSupportedCpuid(), doorbells, config.Service.PStates,
                config.Service.Granted, config.Service.Emulated, TscClock.FrequencyKHz);
            Doorbells = new DoorbellDevice(config.Service);
            Process = MakeProcess(space, cpuid, config);
            _main = Load(image, config, cpuid);
            GuestEvents.GuestMade(config.Log, config.Elf, config.MemoryMiB, Doorbell, config.Cpu, config.HousekeepingCpu ?? config.Cpu);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Doorbell { get; }

    /// <inheritdoc/>
    public ulong CreatedTsc { get; }

    /// <inheritdoc/>
    public GuestOutcome? Outcome => Process.Outcome;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, long> UnansweredCalls => Process.Syscalls.Unanswered;

    /// <inheritdoc/>
    public ThreadUsage? Usage => _main.Usage;

    /// <summary>The process inside.</summary>
    public GuestProcess Process { get; }

    /// <summary>Its doorbells.</summary>
    public DoorbellDevice Doorbells { get; }

    /// <inheritdoc/>
    public void Start() => Process.Run(_main);

    /// <inheritdoc/>
    public void RaisePriority() => Process.RaisePriority();

    /// <inheritdoc/>
    public bool Wait(TimeSpan timeout)
    {
        bool ended = Process.WaitForThreads(timeout);
        if (ended)
        {
            Process.Console.Flush();
        }

        return ended;
    }

    /// <inheritdoc/>
    public void Stop(string cause)
    {
        // The report reads the vCPU's page and guest memory, which Dispose gives back.
        lock (_stopLock)
        {
            if (!Process.Ended)
            {
                Process.End(new GuestOutcome(GuestEnd.Stopped, -1, cause, FailureReport.Build(Process, _main, _main.Vcpu.Regs, cause), Process.Console.ToString()));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        ulong used = _memory.Size;
        if (Process is not null)
        {
            lock (_stopLock)
            {
                Process.End(new GuestOutcome(GuestEnd.Stopped, -1, "The VM was disposed of.", null, ""));
            }

            if (_main is not null)
            {
                Process.Abandon(_main);
            }

            Process.WaitForThreads(Timeout.InfiniteTimeSpan);
            used = Process.Space.HighWater;
            Process.Dispose();
        }

        _vm.Dispose();
        _attachStatus(NoStatusSink.Instance); // whoever publishes goes on
        _statusPage.Dispose();
        GuestMemoryPool.Return(_memory, used);
    }

    private GuestProcess MakeProcess(AddressSpace space, kvm_cpuid_entry2[] cpuid, GuestConfig config)
    {
        GuestProcess process = null!;
        ExitLoop? loop = null;
        process = new GuestProcess(_vm, _memory, space, cpuid, new GuestProcessOptions
        {
            Arguments = [Path.GetFileName(config.Elf), .. Region(config), .. config.Files.SelectMany(file => (string[])[file.Option, file.Path]), .. config.Arguments],
            Environment = EnvironmentText.Merge(GuestEnvironment.Variables, config.Environment),
            LcoreCpu = config.Cpu,
            HousekeepingCpu = config.HousekeepingCpu ?? config.Cpu,
            Scheduling = config.Scheduling,
            PacketRegionSize = (ulong)config.RegionSize,
            ConsoleLine = config.ConsoleLine,
            Log = config.Log,
        })
        {
            ThreadMain = thread => loop!.Run(thread),
        };
        foreach (GuestFile file in config.Files)
        {
            process.Paths.Offer(file.Path, file.Content);
        }

        loop = new ExitLoop(process, Doorbells, new UserEntry(process, _memory, new LinuxPersonality(process)));
        return process;
    }

    private static string[] Region(GuestConfig config) => config.PassRegion && config.RegionSize > 0 ? ["--region", GuestPaths.PacketRegionPath] : [];

    private GuestThread Load(ElfImage image, GuestConfig config, kvm_cpuid_entry2[] cpuid)
    {
        ulong bias = ElfLoader.Load(image, Process.Space);
        ulong stack = InitialStack.Build(Process.Space, image, bias, Process.Options.Arguments, Process.Options.Environment, cpuid);
        GuestThread main = Process.TryCreateThread(SystemRegion.BootCall, stack)
            ?? throw new GuestSetupException($"The guest of {config.MemoryMiB} MiB has no room for its first thread; give it more (--memory).");
        main.Vcpu.Regs.rdi = image.Entry + bias;
        return main;
    }
}
