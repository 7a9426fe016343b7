using PollScale.Cpufreq;
using PollScale.HostStub.Doctor.Checks;
using PollScale.HostStub.Doctor.Policies;
using PollScale.Transports;

namespace PollScale.HostStub.Doctor;

/// <summary>Runs all checks and draws the conclusion.</summary>
internal sealed class Examination(DoctorHost host, DoctorOptions options)
{
    /// <summary>Examines the machine; changes nothing.</summary>
    public Diagnosis Run()
    {
        int cpu = options.Cpu ?? (host.AllowedCpus.Count > 0 ? host.AllowedCpus[^1] : 0);
        CpufreqTree tree = new(options.CpufreqRoot ?? host.CpufreqRoot);
        ICheck[] checks =
        [
            new KvmCheck(host.Files, host.Kvm),
            new HypercallExitCheck(host.Kvm),
            new CpufreqCheck(tree, cpu, options.LeaseFolder),
            new LeaseCheck(options.LeaseFolder),
            new PinningCheck(host.AllowedCpus, cpu),
            new SmtCheck(host.Files, cpu),
            new IsolationCheck(host.Files, cpu),
            new TscCheck(host.Files, host.IsTscInvariant),
            new WaitCheck(host.Files, host.IsVirtual, host.HasWaitPackage),
            new ServeCheck(host.Files, host.SocketError, host.ServesFirst, host.UnobservedHypercalls, host.NoAnsweringProgram, host.NoModule),
            .. options.Policy is string policy ? (ICheck[])[new PolicyCheck(new PolicyCheckOptions { Path = policy, IsReal = tree.PolicyNumbers().Count > 0, CpufreqRoot = tree.Root, LeaseFolder = options.LeaseFolder })] : [],
        ];
        List<Finding> findings = [.. checks.SelectMany(check => check.Run())];
        IReadOnlyList<TransportReport> transports = host.Survey(new TransportSurveyOptions
        {
            Root = host.Files.Root.Length > 0 ? host.Files.Root : "/",
            CpufreqRoot = tree.Root,
            Cpu = cpu,
            LeaseFolder = options.LeaseFolder,
        });
        (bool usable, string verdict) = Judge(findings, transports);
        return new Diagnosis
        {
            For = options.For,
            Usable = usable,
            Verdict = verdict,
            Findings = findings,
            Transports = transports,
            Certificate = options.Certificate is CertificateRequest request ? Certification.Make(request, tree, cpu) : null,
        };
    }

    private (bool Usable, string Verdict) Judge(List<Finding> findings, IReadOnlyList<TransportReport> transports)
    {
        if (findings.Any(finding => finding is { Name: PolicyCheck.Name, Status: FindingStatus.Problem }))
        {
            return (false, $"Not usable for {options.For.ToString().ToLowerInvariant()} with this policy: see policy.");
        }

        switch (options.For)
        {
            case Purpose.Run:
                string? obstacle = findings.FirstOrDefault(f => f.Name is "kvm" or "pinning" && f.Status == FindingStatus.Problem)?.Name;
                bool real = findings.Any(f => f is { Name: "cpufreq-access", Status: FindingStatus.Ok });
                return obstacle is null
                    ? (true, $"Usable for run: micro-VMs work, {(real ? "with emulated or real P-states" : "with emulated P-states; the real frequency cannot be set")}.")
                    : (false, $"Not usable for run: see {obstacle}.");
            case Purpose.Serve:
                return findings.Any(f => f is { Name: ServeCheck.Name, Status: FindingStatus.Problem })
                    ? (false, "Not usable for serve: see serve.")
                    : (true, "Usable for serve: guest channels, shared pages and ACPI P-states can be served.");
            default:
                string[] ways = [.. transports.Where(t => t.Usable && t.Name != "loopback").Select(t => t.Name)];
                return ways.Length > 0
                    ? (true, $"Usable for a guest: by {string.Join(", ", ways)}.")
                    : (false, "Not usable for a guest: no transport reaches a clock. See the transports.");
        }
    }
}
