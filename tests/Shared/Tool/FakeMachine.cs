using PollScale.HostStub.Doctor;
using PollScale.HostStub.Doctor.Files;
using PollScale.Native;
using PollScale.Transports;

namespace PollScale.Tests.Shared.Tool;

/// <summary>A machine in a temporary folder; files named in <see cref="Forbidden"/> cannot be read, whoever runs the test.</summary>
internal sealed class FakeMachine : IHostFiles, IDisposable
{
    private readonly TemporaryTree _tree = new();

    public FakeMachine() => Files = new HostFiles(_tree.Root);

    public HashSet<string> Forbidden { get; } = [];

    public FileOwner? DeviceOwner { get; set; }

    public string Root => _tree.Root;

    private HostFiles Files { get; }

    public FakeMachine With(string path, string text)
    {
        _tree.Write(path.TrimStart('/'), text + "\n");
        return this;
    }

    public FileText Read(string path) => Forbidden.Contains(path) ? new FileText(FileState.Unreadable, $"{path} cannot be read: Permission denied") : Files.Read(path);

    public FileOwner? Owner(string path) => DeviceOwner ?? Files.Owner(path);

    public int Check(string path, bool writable) => Forbidden.Contains(path) ? LibC.EACCES : Files.Check(path, writable);

    public DoctorHost Host(KvmFacts? kvm = null, int socketError = 0, params string[] usable) => new()
    {
        Files = this,
        AllowedCpus = [0, 1],
        Kvm = kvm ?? new KvmFacts(null, "kvm_intel", 2),
        IsTscInvariant = true,
        IsVirtual = false,
        HasWaitPackage = false,
        SocketError = () => socketError,
        UnobservedHypercalls = () => "no tracefs",
        ServesFirst = () => true,
        NoAnsweringProgram = () => "no BPF",
        NoModule = () => "no module",
        Survey = _ => [.. ((string[])["hypercall", "cpufreq", "loopback"]).Select(name => new TransportReport(name, usable.Contains(name) || name == "loopback", "why", ""))],
    };

    public void Dispose() => _tree.Dispose();
}
