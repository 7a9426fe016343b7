namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>A path of this host's VM to `hoststub serve`.</summary>
/// <param name="Label">What its bursts are called.</param>
/// <param name="Doorbell">How guestprobe names it.</param>
/// <param name="Opened">How the transport names itself where it did open; another means that it stood in.</param>
/// <param name="Policy">What the VM's policy has for it; empty for nothing.</param>
internal sealed record HostPath(string Label, string Doorbell, string Opened, string Policy)
{
    private const string ModuleDevice = "/dev/pollscale";

    /// <summary>All that a VM without a driver has.</summary>
    public static readonly IReadOnlyList<HostPath> All =
    [
        new("region", "region", "region", ""),
        new("observed", "region-hypercall", "region-hypercall", "hypercall: observed"),
        new("answered", "region-hypercall", "region-hypercall", "hypercall: answered"),
        new("module", "hypercall", "hypercall", "hypercall: module"),
    ];

    /// <summary>Why it cannot be measured here; null where it can be tried.</summary>
    public string? WhyNot => Label == "module" && !File.Exists(ModuleDevice) ? $"there is no {ModuleDevice}: load HostStub/kmod" : null;
}
